// npm run docs [-- PAGE ...]: runs every console session of the README and the tutorials, and compares what it prints with the page.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../bench/runtime.ts";
import { readSteps, withOutputs } from "./docs/page.ts";
import { prepareServers } from "./docs/server.ts";
import { isComplete, openShell } from "./docs/shell.ts";
import { isSameOutput } from "./docs/volatile.ts";

const USAGE = `npm run docs [-- PAGE ...]   runs the console sessions of README.md and docs/tutorials, and compares their output
npm run docs -- --update     writes what differs into the pages

PAGE is a file, as docs/tutorials/first-shop.md. Each page has a fresh server with the demo shop.`;

const URL_IN_PAGES = "http://localhost:8787";

function readArguments() {
  const options = {
    update: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const pages = positionals.length > 0 ? positionals.map((page) => resolve(page)) : allPages();
  for (const page of pages) if (!existsSync(page)) throw new Error(`There is no page ${page}.`);
  return { ...values, pages };
}

function allPages(): string[] {
  const tutorials = join(ROOT, "docs/tutorials");
  return [
    join(ROOT, "README.md"),
    ...readdirSync(tutorials)
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(tutorials, name)),
  ];
}

/** A folder in which the project's commands work, and in which a page may make files. */
function workspace(folder: string): string {
  mkdirSync(folder);
  for (const name of ["package.json", "scripts", "node_modules"])
    symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

const indented = (sign: string, lines: string[]) => lines.map((line) => `  ${sign} ${line}`);

/** Runs a page against a server; answers each difference as text, and the page as it should be. */
async function runPage(
  page: string,
  url: string,
  folder: string,
): Promise<{ differences: string[]; text: string; count: number }> {
  const text = readFileSync(page, "utf8");
  const steps = readSteps(text, isComplete);
  const { port } = new URL(url);
  const shell = openShell(workspace(folder), { ...process.env, PORT: port });
  const ours = `http://localhost:${port}`;
  const differences: string[] = [];
  const outputs: string[][] = [];
  try {
    for (const { line, command, output } of steps) {
      const printed = (await shell.run(command.replaceAll(URL_IN_PAGES, ours))).map((printedLine) =>
        printedLine.replaceAll(ours, URL_IN_PAGES),
      );
      const isSame = isSameOutput(output, printed);
      outputs.push(isSame ? output : printed);
      if (!isSame)
        differences.push(
          [
            `${relative(ROOT, page)}:${line}: $ ${command}`,
            ...indented("-", output),
            ...indented("+", printed),
          ].join("\n"),
        );
    }
  } finally {
    shell.close();
  }
  return { differences, text: withOutputs(text, steps, outputs), count: steps.length };
}

async function main(): Promise<number> {
  const { pages, update, help } = readArguments();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "mostrador-docs-"));
  let different = 0;
  try {
    const startServer = await prepareServers(folder);
    for (const page of pages) {
      const name = basename(page, ".md");
      const server = await startServer(name);
      const begin = performance.now();
      const { differences, text, count } = await runPage(page, server.url, join(folder, name)).finally(() =>
        server.stop(),
      );
      if (update) writeFileSync(page, text);
      for (const difference of differences) console.log(`${difference}\n`);
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      const verdict =
        differences.length === 0 ? "as written" : `${differences.length} ${update ? "updated" : "differ"}`;
      console.log(`${relative(ROOT, page)}: ${count} commands in ${seconds} s, ${verdict}`);
      different += differences.length;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (different > 0 && !update) console.log(`\nWhere the new output is right: npm run docs -- --update`);
  return different > 0 && !update ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof TypeError && "code" in error) console.error(`\n${USAGE}`);
  process.exitCode = 2;
}
