// Spreadsheets as programs write them: a ZIP archive of XML parts.
import { crc32, deflateRawSync } from "node:zlib";

/** A file of an archive; `extra` are the bytes of the extra fields of its local header and of its entry in the directory. */
export type Part = { name: string; data: string | Uint8Array; stored?: boolean; extra?: [number, number] };

/** A ZIP archive. */
export function zipOf(parts: Part[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, stored = false, extra: [localExtra, entryExtra] = [0, 0] } of parts) {
    const bytes = Buffer.from(data);
    const body = stored ? bytes : deflateRawSync(bytes);
    const label = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(stored ? 0 : 8, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(body.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(label.length, 22);
    const head = Buffer.from(fields);
    head.writeUInt16LE(localExtra, 24);
    const record = Buffer.concat([
      Buffer.from("PK\u0003\u0004"),
      head,
      label,
      Buffer.alloc(localExtra),
      body,
    ]);
    fields.writeUInt16LE(entryExtra, 24);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(
      Buffer.concat([
        Buffer.from("PK\u0001\u0002"),
        Buffer.from([20, 0]),
        fields,
        tail,
        label,
        Buffer.alloc(entryExtra),
      ]),
    );
    local.push(record);
    offset += record.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

/** A date of a style that shows it, as the number of days; other values by their type. */
export type Value = string | number | boolean | null | { serial: number; style: number } | { xml: string };

export type BookOptions = {
  is1904?: boolean;
  /** Texts within the cells instead of in the part of shared strings. */
  inline?: boolean;
  /** The prefix of the elements of sheets, such as `x:`. */
  prefix?: string;
  /** Format codes of the styles 1, 2, ... */
  formats?: string[];
  /** Cells without references. */
  bare?: boolean;
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const nameOf = (column: number): string =>
  column < 26
    ? String.fromCharCode(65 + column)
    : nameOf(Math.floor(column / 26) - 1) + String.fromCharCode(65 + (column % 26));

const attribute = (text: string): string => escaped(text).replaceAll('"', "&quot;");

/** The parts of a workbook with these sheets, by name. */
export function partsOf(
  sheets: Record<string, { rows: Value[][]; state?: "hidden" | "veryHidden" }>,
  { is1904 = false, inline = false, prefix = "", formats = [], bare = false }: BookOptions = {},
): Part[] {
  const strings = new Map<string, number>();
  const p = prefix;
  const cell = (value: Value, row: number, column: number): string => {
    const r = bare ? "" : ` r="${nameOf(column)}${row + 1}"`;
    if (value === null) return bare ? `<${p}c/>` : "";
    if (typeof value === "number") return `<${p}c${r}><${p}v>${value}</${p}v></${p}c>`;
    if (typeof value === "boolean") return `<${p}c${r} t="b"><${p}v>${Number(value)}</${p}v></${p}c>`;
    if (typeof value === "object")
      return "xml" in value
        ? value.xml
        : `<${p}c${r} s="${value.style}"><${p}v>${value.serial}</${p}v></${p}c>`;
    if (inline) return `<${p}c${r} t="inlineStr"><${p}is><${p}t>${escaped(value)}</${p}t></${p}is></${p}c>`;
    if (!strings.has(value)) strings.set(value, strings.size);
    return `<${p}c${r} t="s"><${p}v>${strings.get(value)}</${p}v></${p}c>`;
  };
  const xmlns = (name: string): string =>
    `xmlns${prefix === "" ? "" : `:${prefix.slice(0, -1)}`}="http://schemas.openxmlformats.org/spreadsheetml/2006/${name}"`;
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const names = Object.keys(sheets);
  const bodies = Object.values(sheets).map(
    ({ rows }) =>
      `${head}<${p}worksheet ${xmlns("main")}><${p}sheetData>${rows
        .map(
          (cells, row) =>
            `<${p}row r="${row + 1}">${cells.map((each, at) => cell(each, row, at)).join("")}</${p}row>`,
        )
        .join("")}</${p}sheetData></${p}worksheet>`,
  );
  const relations = names.map(
    (_, at) =>
      `<Relationship Id="rId${at + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
  );
  const base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  return [
    { name: "[Content_Types].xml", data: `${head}<Types/>` },
    {
      name: "_rels/.rels",
      data: `${head}<Relationships><Relationship Id="rId1" Type="${base}/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      data: `${head}<workbook xmlns:r="${base}"><workbookPr${is1904 ? ' date1904="1"' : ""}/><sheets>${names
        .map(
          (name, at) =>
            `<sheet name="${attribute(name)}" sheetId="${at + 1}"${sheets[name]?.state === undefined ? "" : ` state="${sheets[name].state}"`} r:id="rId${at + 1}"/>`,
        )
        .join("")}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      data: `${head}<Relationships>${relations.join("")}<Relationship Id="rIdS" Type="${base}/styles" Target="styles.xml"/><Relationship Id="rIdT" Type="${base}/sharedStrings" Target="../xl/sharedStrings.xml"/></Relationships>`,
    },
    ...bodies.map((data, at) => ({ name: `xl/worksheets/sheet${at + 1}.xml`, data })),
    {
      name: "xl/styles.xml",
      data: `${head}<styleSheet><numFmts>${formats
        .map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${attribute(code)}"/>`)
        .join(
          "",
        )}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
        .map((_, at) => `<xf numFmtId="${164 + at}"/>`)
        .join("")}<xf numFmtId="14"/></cellXfs></styleSheet>`,
    },
    {
      name: "xl/sharedStrings.xml",
      data: `${head}<sst>${[...strings.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join("")}</sst>`,
    },
  ];
}

/** A workbook with one sheet. */
export const bookOf = (rows: Value[][], options: BookOptions = {}): Buffer =>
  zipOf(partsOf({ Ventas: { rows } }, options));
