// What the browser loads, compressed, against its budgets.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { z } from "zod";

const FOLDER = join(import.meta.dirname, "../../.assets");
const KB = 1024;

const ENTRY = 130 * KB;
const CSS = 14 * KB;
const SCREEN = 25 * KB;
const MAP = 45 * KB;
// The page and all that it names: what the first chart needs besides its figures.
const PAGE = 210 * KB;
export const PAGE_FILES = 24;

const manifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    imports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
    isEntry: z.boolean().default(false),
    isDynamicEntry: z.boolean().default(false),
  }),
);

type Manifest = z.infer<typeof manifestSchema>;

function sizeOf(file: string): number {
  const content = readFileSync(join(FOLDER, file));
  return file.endsWith(".woff2") ? content.length : gzipSync(content, { level: 9 }).length;
}

const total = (files: Iterable<string>): number => [...files].reduce((size, file) => size + sizeOf(file), 0);

/** A chunk and all that it imports at once, by the keys of the manifest. */
function closure(manifest: Manifest, key: string, found = new Set<string>()): Set<string> {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key]?.imports ?? []) closure(manifest, next, found);
  return found;
}

export type Budget = { name: string; size: number; limit: number };

/** The page of the last build and the files that it names. */
export function filesOfPage(): string[] {
  const page = readFileSync(join(FOLDER, "index.html"), "utf8");
  const named = Array.from(page.matchAll(/(?:src|href)="\/([^"]+)"/g), ([, file = ""]) => file);
  return ["index.html", ...new Set(named)];
}

/** The size of the entry, its CSS, the page, each screen beyond the entry, and the map. Reads the last build. */
export function readBudgets(): Budget[] {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(FOLDER, "app/manifest.json"), "utf8")));
  const sum = (keys: Iterable<string>): number => total([...keys].map((key) => manifest[key]?.file ?? ""));
  const [entry] = Object.entries(manifest).find(([, chunk]) => chunk.isEntry) ?? [];
  if (entry === undefined) throw new Error("The manifest has no entry.");
  const first = closure(manifest, entry);
  const css = new Set(Object.values(manifest).flatMap((chunk) => chunk.css));
  const screens = Object.entries(manifest).flatMap(([key, chunk]) =>
    chunk.isDynamicEntry
      ? [
          {
            name: key,
            size: sum([...closure(manifest, key)].filter((part) => !first.has(part))),
            limit: key.includes("countries-map") ? MAP : SCREEN,
          },
        ]
      : [],
  );
  return [
    { name: "entry", size: sum(first), limit: ENTRY },
    { name: "CSS", size: total(css), limit: CSS },
    { name: "the page with its files", size: total(filesOfPage()), limit: PAGE },
    ...screens,
  ];
}
