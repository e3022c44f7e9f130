// `npm run lake -- build | pull | sql | verify`: a shop's lake on this machine, SQL over it, and whether it is what the shop has.
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { pull, readManifest, renewing } from "./lake/pull.mjs";
import { call, readWhere, signIn, whereOptions } from "./session.mjs";
import { showPart, tableOf } from "./terminal.mjs";

const USAGE = `npm run lake -- build                         has the days that are over and changed built now, not at night
npm run lake -- pull [--to DIR]               copies the lake of a shop; run again, it fetches what is new
npm run lake -- sql "SELECT ..." [--to DIR]   runs DuckDB over the copy: purchases, daily_summary, products, events
npm run lake -- verify [--to DIR]             copies it, and compares each day with the shop's sales

DIR is .lake unless said. All but sql take [--url http://localhost:8787] [--shop SLUG] [--email E-MAIL], of an ADMIN.
The password comes from MOSTRADOR_PASSWORD, or is asked for. On a server of this machine the demo shop's ADMIN is used
where no shop and no e-mail are given.`;

function readArguments() {
  const options = { ...whereOptions, to: { type: "string", default: ".lake" } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command, text] = positionals;
  const expected = command === "sql" ? 2 : 1;
  if (!["build", "pull", "sql", "verify"].includes(command) || positionals.length !== expected)
    throw new Error("Name a command: build, pull, sql or verify; sql takes one query.");
  return { command, text, folder: values.to, where: command === "sql" ? null : readWhere(values) };
}

const PATIENCE_MS = 120_000;

/** Follows the build until nothing is left to do; fails where it comes no further. */
async function build(to) {
  await call("The build", `${to.api}/lake/run`, { method: "POST", headers: to.headers });
  const show = showPart();
  let moved = { touched: 0, at: Date.now() };
  for (let most = 0; ;) {
    const { body } = await renewing(to, () =>
      call("The build", `${to.api}/lake/status`, { headers: to.headers }),
    );
    if (body.touched !== moved.touched) moved = { touched: body.touched, at: Date.now() };
    if (body.touched > 0 && Date.now() - moved.at > PATIENCE_MS)
      throw new Error(`${body.touched} days and months are not built: the log of the Worker says why.`);
    most = Math.max(most, body.touched);
    const part = most === 0 ? 1 : 1 - body.touched / most;
    show(part, `${most - body.touched} of ${most} days and months`, body.touched === 0);
    if (body.touched === 0) return 0;
    await wait(1000);
  }
}

async function main() {
  const { command, text, folder, where } = readArguments();
  const to = where && (await signIn(where));
  if (command === "build") return build(to);
  const manifest = to ? await pull(to, folder) : readManifest(folder);
  if (command === "pull") {
    console.log(`${folder} is the lake at revision ${manifest.revision}: ${manifest.files.length} files.`);
    return 0;
  }
  // DuckDB is loaded where it is needed.
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
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  if (error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" || /^(Name|Give) /.test(error.message))
    console.error(`\n${USAGE}`);
  process.exitCode = 1;
}
