// Writes sw.js beside the page: the service worker, with the names of all files of this build.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const SOURCE = join(import.meta.dirname, "service-worker.js");
const PUBLIC = join(import.meta.dirname, "../public");
const ROUTER = join(import.meta.dirname, "../src/router.tsx");

/** The first segments of the paths of the screens; empty for the start. */
const screens = (): string[] => [
  ...new Set(
    Array.from(readFileSync(ROUTER, "utf8").matchAll(/ path: "\/([\w-]*)/g), ([, name = ""]) => name),
  ),
];

export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const built = Object.values(bundle);
      const entry = built.find((one) => one.type === "chunk" && one.isEntry);
      if (!entry) throw new Error("The build has no entry.");
      const names = built.map(({ fileName }) => fileName).filter((name) => name.startsWith("app/"));
      const files = [...names, ...readdirSync(PUBLIC)].toSorted().map((name) => `/${name}`);
      const source = readFileSync(SOURCE, "utf8");
      // The names of the files have hashes of their contents.
      const version = createHash("sha256").update(source).update(files.join()).digest("hex").slice(0, 12);
      const constants = { VERSION: version, ENTRY: `/${entry.fileName}`, FILES: files, SCREENS: screens() };
      const head = Object.entries(constants).map(
        ([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`,
      );
      this.emitFile({ type: "asset", fileName: "sw.js", source: head.join("") + source });
    },
  };
}
