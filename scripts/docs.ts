// npm run docs: runs the console sessions of the README and the tutorials, and compares their output with the pages.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { ROOT } from "../bench/runtime.ts";
import { runCommand, UsageError } from "./cli.mjs";
import { runPage, type PageRun } from "./docs/run-page.ts";
import { prepareServers } from "./docs/server.ts";

const usage = `npm run docs                  runs the console sessions of README.md and docs/tutorials, and compares their output
npm run docs -- PAGE          runs only this page, for example docs/tutorials/first-shop.md
npm run docs -- --update      writes the outputs that differ into the pages

Each page has a new server with the demo shop. Ids, tokens, durations, and dates and times of today may differ.`;

// One page for each core of a small machine.
const AT_ONCE = 2;

function allPages(): string[] {
  const folder = join(ROOT, "docs/tutorials");
  const tutorials = readdirSync(folder).filter((name) => name.endsWith(".md"));
  return [join(ROOT, "README.md"), ...tutorials.map((name) => join(folder, name))];
}

function report(name: string, { commands, differences }: PageRun, update: boolean, begin: number): void {
  for (const difference of differences) console.log(`${difference}\n`);
  const verdict =
    differences.length === 0 ? "as written" : `${differences.length} ${update ? "updated" : "differ"}`;
  console.log(
    `${name}: ${commands} commands in ${((performance.now() - begin) / 1000).toFixed(1)} s, ${verdict}`,
  );
}

/** Runs the pages, some at a time; returns how many of their outputs differ. */
async function runPages(pages: string[], update: boolean, folder: string): Promise<number> {
  const startServer = await prepareServers(folder);
  const waiting = [...pages.entries()];
  const failures: string[] = [];
  let different = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, page] = next;
      const begin = performance.now();
      const name = relative(ROOT, page);
      const server = await startServer(`state-${index}`);
      try {
        const run = await runPage(page, name, server.url, join(folder, `page-${index}`));
        if (update) writeFileSync(page, run.text);
        report(name, run, update, begin);
        different += run.differences.length;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      } finally {
        await server.stop();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return different;
}

await runCommand(
  { usage, options: { update: { type: "boolean", default: false } }, positionals: ["page"] },
  async ({ values: { update }, positionals: [page] }) => {
    if (page !== undefined && !existsSync(page)) throw new UsageError(`There is no page ${page}.`);
    const pages = page === undefined ? allPages() : [resolve(page)];
    const folder = mkdtempSync(join(tmpdir(), "mostrador-docs-"));
    try {
      const different = await runPages(pages, update, folder);
      if (different === 0 || update) return 0;
      console.log(`\n${different} outputs differ. If the new ones are right, run npm run docs -- --update`);
      return 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
