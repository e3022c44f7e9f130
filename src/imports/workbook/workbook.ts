// A spreadsheet of Excel (.xlsx, ECMA-376) as a CSV file. Its parts refer to each other and are in any order, so the archive is read by
// range. Formulas are not computed: the cells have the values that the program saved.
import { invalid, Problem } from "../../platform/problem.ts";
import { unreadable } from "../file/advice.ts";
import { readFormats, type CellFormat } from "./formats.ts";
import { readSharedStrings, type SharedStrings } from "./shared-strings.ts";
import { sheetAsCsv } from "./sheet.ts";
import { readXml } from "./xml.ts";
import { readDirectory, readEntry, type ByteSource, type ZipEntry } from "./zip.ts";

// A sheet of a million rows and ten columns.
const MAX_SHEET_BYTES = 800 * 1024 * 1024;
const MAX_PART_BYTES = 200 * 1024 * 1024;
const MAX_SMALL_PART_BYTES = 8 * 1024 * 1024;

type Sheet = { name: string; path: string; isHidden: boolean };

/**
 * The rows of a sheet as CSV: of the one that is named, else of the first visible one that is not empty.
 * @throws Problem unsupported-media-type, too-large, invalid
 */
export async function* workbookAsCsv(
  source: ByteSource,
  sheet: string | undefined,
): AsyncGenerator<Buffer, undefined> {
  const entries = await readDirectory(source);
  const part = (path: string): ZipEntry | undefined => entries.get(path) ?? entries.get(`/${path}`);
  const small = (path: string) => {
    const entry = part(path);
    return entry ? readEntry(source, entry, MAX_SMALL_PART_BYTES) : null;
  };
  const path = await workbookPath(entries, small("_rels/.rels"));
  const { sheets, is1904, links } = await readWorkbook(path, small);
  const stringsPart = part(links.get("sharedStrings") ?? "");
  const stylesPart = small(links.get("styles") ?? "");
  const strings: SharedStrings = stringsPart
    ? await readSharedStrings(readEntry(source, stringsPart, MAX_PART_BYTES))
    : () => "";
  const formats: CellFormat[] = stylesPart ? await readFormats(stylesPart) : [];
  let isEmpty = true;
  for (const { path: sheetPath } of chosenSheets(sheets, sheet)) {
    const entry = part(sheetPath);
    if (!entry) continue;
    for await (const chunk of sheetAsCsv(readEntry(source, entry, MAX_SHEET_BYTES), {
      strings,
      formats,
      is1904,
    })) {
      isEmpty = false;
      yield chunk;
    }
    if (!isEmpty) return;
  }
  throw invalid([{ pointer: "#", detail: "the spreadsheet has no rows" }]);
}

function chosenSheets(sheets: Sheet[], name: string | undefined): Sheet[] {
  if (name === undefined) return sheets.filter(({ isHidden }) => !isHidden);
  const named = sheets.filter((sheet) => sheet.name.trim().toLowerCase() === name.trim().toLowerCase());
  if (named.length > 0) return named;
  const names = sheets.slice(0, 20).map((sheet) => sheet.name.slice(0, 60));
  throw invalid([
    {
      pointer: "#/query/sheet",
      detail: `the spreadsheet has no sheet of this name; its sheets are ${names.join(", ")}`,
    },
  ]);
}

/** The path of the workbook in the archive. @throws Problem unsupported-media-type */
async function workbookPath(
  entries: Map<string, ZipEntry>,
  relations: AsyncIterable<Buffer> | null,
): Promise<string> {
  let found = "xl/workbook.xml";
  if (relations)
    await readXml(relations, {
      open: (name, { Type, Target }) => {
        if (name === "Relationship" && Type?.endsWith("/officeDocument") && Target)
          found = Target.replace(/^\//, "");
      },
    });
  if (entries.has("content.xml") && entries.has("mimetype"))
    throw unreadable("This is an OpenDocument file (.ods), which cannot be read");
  if (found.endsWith(".bin")) throw unreadable("This is a binary workbook (.xlsb), which cannot be read");
  if (found.startsWith("word/") || found.startsWith("ppt/")) throw unreadable("This is no spreadsheet");
  if (!entries.has(found) && !entries.has(`/${found}`))
    throw new Problem(
      "unsupported-media-type",
      "This is a ZIP archive, not a spreadsheet. Send the file that is in it, plain or compressed with gzip.",
    );
  return found;
}

/** The sheets of the workbook in their order, and the paths of its other parts. */
async function readWorkbook(path: string, small: (path: string) => AsyncIterable<Buffer> | null) {
  const slash = path.lastIndexOf("/");
  const [folder, name] = [path.slice(0, slash + 1), path.slice(slash + 1)];
  const targets = new Map<string, string>();
  const links = new Map<string, string>();
  const relations = small(`${folder}_rels/${name}.rels`);
  if (relations)
    await readXml(relations, {
      open: (element, { Id, Type, Target }) => {
        if (element !== "Relationship" || Id === undefined || Target === undefined) return;
        const target = Target.startsWith("/") ? Target.slice(1) : joined(folder, Target);
        targets.set(Id, target);
        links.set(Type?.slice(Type.lastIndexOf("/") + 1) ?? "", target);
      },
    });
  const sheets: Sheet[] = [];
  let is1904 = false;
  const workbook = small(path);
  if (workbook)
    await readXml(workbook, {
      open: (element, attributes) => {
        if (element === "workbookPr") is1904 = /^(?:1|true)$/.test(attributes["date1904"] ?? "");
        if (element !== "sheet") return;
        const id = Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "";
        const target = targets.get(id);
        if (target !== undefined)
          sheets.push({
            name: attributes["name"] ?? "",
            path: target,
            isHidden: (attributes["state"] ?? "visible") !== "visible",
          });
      },
    });
  return { sheets, is1904, links };
}

/** A path relative to a folder of the archive. */
function joined(folder: string, target: string): string {
  const parts = folder.split("/").filter((each) => each !== "");
  for (const each of target.split("/"))
    if (each === "..") parts.pop();
    else if (each !== ".") parts.push(each);
  return parts.join("/");
}
