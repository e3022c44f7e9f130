// A shop's lake: builds it, copies it to this machine, runs SQL over the copy, and compares it with the shop's sales.
import { setTimeout as wait } from "node:timers/promises";
import type { Mostrador } from "../sdk/src/index.ts";
import { runCommand, UsageError } from "./cli.mjs";
import { pull, readManifest } from "./lake/pull.ts";
import { labelled, readShop, shopOptions, signIn, type ShopChoice } from "./session.ts";
import { showProgress, tableOf } from "./terminal.mjs";

const usage = `npm run lake -- build                         builds the changed days now instead of at night
npm run lake -- pull [--to DIR]               copies the shop's lake; fetches only files that are missing
npm run lake -- sql "SELECT ..." [--to DIR]   runs DuckDB over the copy: purchases, daily_summary, products, events
npm run lake -- verify [--to DIR]             copies the lake, and compares each day with the shop's sales

DIR is .lake by default. All but sql take [--url http://localhost:8787] [--shop SLUG] [--email E-MAIL] of an ADMIN.
The password is read from MOSTRADOR_PASSWORD, or prompted for. On a local server the ADMIN of the demo shop is used unless
--shop and --email are given.`;

const options = { ...shopOptions, to: { type: "string", default: ".lake" } } as const;

type Values = Parameters<typeof readShop>[0] & { to: string };
type Command = { folder: string } & (
  | { name: "sql"; text: string }
  | { name: "build" | "pull" | "verify"; shop: ShopChoice }
);

function readArguments(values: Values, [command, query]: string[]): Command {
  const name = (["build", "pull", "sql", "verify"] as const).find((each) => each === command);
  if (name === undefined) throw new UsageError("Name a command: build, pull, sql or verify.");
  const folder = values.to;
  if (name === "sql" && query !== undefined) return { name, folder, text: query };
  if (name === "sql" || query !== undefined) throw new UsageError("sql takes one query, the others none.");
  return { name, folder, shop: readShop(values) };
}

const STALLED_MS = 120_000;

/** Follows the build to its end. Fails if it makes no progress for two minutes. */
async function build(mostrador: Mostrador): Promise<number> {
  await labelled("The build", mostrador.runLake());
  const show = showProgress();
  let progress = { touched: 0, at: Date.now() };
  for (let most = 0; ;) {
    const { touched } = await labelled("The build", mostrador.getLakeStatus());
    if (touched !== progress.touched) progress = { touched, at: Date.now() };
    if (touched > 0 && Date.now() - progress.at > STALLED_MS)
      throw new Error(`${touched} days and months are not built: the log of the Worker says why.`);
    most = Math.max(most, touched);
    const share = most === 0 ? 1 : 1 - touched / most;
    show(share, `${most - touched} of ${most} days and months`, touched === 0);
    if (touched === 0) return 0;
    await wait(1000);
  }
}

async function runSql(folder: string, text: string): Promise<number> {
  const { openLake, query } = await import("./lake/sql.ts");
  const { names, rows } = await query(await openLake(folder, readManifest(folder)), text);
  console.log(tableOf(names, rows));
  return 0;
}

async function runVerify(mostrador: Mostrador, folder: string): Promise<number> {
  const manifest = await pull(mostrador, folder);
  const { openLake } = await import("./lake/sql.ts");
  const { verify } = await import("./lake/verify.ts");
  const { days, differences } = await verify(mostrador, await openLake(folder, manifest), manifest);
  for (const difference of differences) console.log(difference);
  console.log(
    differences.length === 0 ? `equal: ${days} days` : `${differences.length} of ${days} days differ`,
  );
  return differences.length === 0 ? 0 : 1;
}

await runCommand({ usage, options, positionals: ["command", "query"] }, async ({ values, positionals }) => {
  const command = readArguments(values, positionals);
  const { folder } = command;
  if (command.name === "sql") return runSql(folder, command.text);
  const mostrador = await signIn(command.shop);
  if (command.name === "build") return build(mostrador);
  if (command.name === "verify") return runVerify(mostrador, folder);
  const manifest = await pull(mostrador, folder);
  console.log(`${folder} is the lake at revision ${manifest.revision}: ${manifest.files.length} files.`);
  return 0;
});
