// A shop's lake: builds it, copies it to this machine, runs SQL over the copy, and compares it with the shop's sales.
import { setTimeout as wait } from "node:timers/promises";
import { runCommand, UsageError } from "./cli.mjs";
import { pull, readManifest, withRenewal } from "./lake/pull.mjs";
import { call, readShop, shopOptions, signIn } from "./session.mjs";
import { showProgress, tableOf } from "./terminal.mjs";

const usage = `npm run lake -- build                         builds the changed days now instead of at night
npm run lake -- pull [--to DIR]               copies the shop's lake; fetches only files that are missing
npm run lake -- sql "SELECT ..." [--to DIR]   runs DuckDB over the copy: purchases, daily_summary, products, events
npm run lake -- verify [--to DIR]             copies the lake, and compares each day with the shop's sales

DIR is .lake by default. All but sql take [--url http://localhost:8787] [--shop SLUG] [--email E-MAIL] of an ADMIN.
The password is read from MOSTRADOR_PASSWORD, or prompted for. On a local server the ADMIN of the demo shop is used unless
--shop and --email are given.`;

const options = { ...shopOptions, to: { type: "string", default: ".lake" } };

function readArguments({ values, positionals: [command, query] }) {
  if (!["build", "pull", "sql", "verify"].includes(command))
    throw new UsageError("Name a command: build, pull, sql or verify.");
  if ((command === "sql") !== (query !== undefined))
    throw new UsageError("sql takes one query, the others none.");
  return { command, query, folder: values.to, shop: command === "sql" ? null : readShop(values) };
}

const STALLED_MS = 120_000;

/** Follows the build to its end. Fails if it makes no progress for two minutes. */
async function build(to) {
  await call("The build", `${to.api}/lake/run`, { method: "POST", headers: to.headers });
  const show = showProgress();
  let progress = { touched: 0, at: Date.now() };
  for (let most = 0; ;) {
    const { body } = await withRenewal(to, () =>
      call("The build", `${to.api}/lake/status`, { headers: to.headers }),
    );
    if (body.touched !== progress.touched) progress = { touched: body.touched, at: Date.now() };
    if (body.touched > 0 && Date.now() - progress.at > STALLED_MS)
      throw new Error(`${body.touched} days and months are not built: the log of the Worker says why.`);
    most = Math.max(most, body.touched);
    const share = most === 0 ? 1 : 1 - body.touched / most;
    show(share, `${most - body.touched} of ${most} days and months`, body.touched === 0);
    if (body.touched === 0) return 0;
    await wait(1000);
  }
}

await runCommand({ usage, options, positionals: ["command", "query"] }, async (parsed) => {
  const { command, query: text, folder, shop } = readArguments(parsed);
  const to = shop && (await signIn(shop));
  if (command === "build") return build(to);
  const manifest = to ? await pull(to, folder) : readManifest(folder);
  if (command === "pull") {
    console.log(`${folder} is the lake at revision ${manifest.revision}: ${manifest.files.length} files.`);
    return 0;
  }
  const { openLake, query } = await import("./lake/sql.mjs");
  const connection = await openLake(folder, manifest);
  if (command === "sql") {
    const { names, rows } = await query(connection, text);
    console.log(tableOf(names, rows));
    return 0;
  }
  const { verify } = await import("./lake/verify.mjs");
  const { days, differences } = await verify(to, connection, manifest);
  for (const difference of differences) console.log(difference);
  console.log(
    differences.length === 0 ? `equal: ${days} days` : `${differences.length} of ${days} days differ`,
  );
  return differences.length === 0 ? 0 : 1;
});
