// `npm run import -- FILE`: sends a CSV of sales or products, plain or gzip, and follows the import to its end. Node's own modules
// only, so it needs no install.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { call, readWhere, signIn, whereOptions } from "./session.mjs";
import { showProgress } from "./terminal.mjs";

const USAGE = `npm run import -- FILE [--url http://localhost:8787] [--shop SLUG] [--email E-MAIL] [--kind sales|products]

FILE is .csv or .csv.gz. The password comes from MOSTRADOR_PASSWORD, or is asked for. On a server of this machine
the demo shop's ADMIN is used where no shop and no e-mail are given.`;

function readArguments() {
  const options = {
    ...whereOptions,
    kind: { type: "string", default: "sales" },
  };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error("Name one file.");
  if (!/\.csv(\.gz)?$/i.test(file)) throw new Error(`${file} is neither .csv nor .csv.gz.`);
  return { ...readWhere(values), kind: values.kind, file };
}

async function sha256Of(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

const upload = (to, { file, kind }, key) => {
  const isGzip = file.toLowerCase().endsWith(".gz");
  return call(`${file} was refused`, `${to.api}/imports?kind=${encodeURIComponent(kind)}`, {
    method: "POST",
    headers: {
      ...to.headers,
      "content-type": "text/csv",
      ...(isGzip ? { "content-encoding": "gzip" } : {}),
      "idempotency-key": key,
    },
    body: Readable.toWeb(createReadStream(file)),
    duplex: "half",
  });
};

async function follow(to, id, show) {
  for (;;) {
    const { body } = await call("The import cannot be followed", `${to.api}/imports/${id}`, {
      headers: to.headers,
    });
    show(body);
    if (body.status === "done" || body.status === "failed") return body;
    await wait(500);
  }
}

/** Sends the file and follows it; where an earlier import of the same file had failed, under one more key. */
async function importFile(to, options) {
  const show = showProgress();
  for (let key = await sha256Of(options.file); ;) {
    const { body, isReplay } = await upload(to, options, key);
    if (isReplay) console.log("This file was sent before: this is the import of then.");
    const end = await follow(to, body.id, show);
    if (!isReplay || end.status !== "failed") return end;
    console.log("It had failed: the file is sent again.");
    key = `${key.slice(0, 64)}-after-${end.id}`;
  }
}

const count = (rows) => rows.toLocaleString("en");

function summarise(to, end) {
  const seconds = (Date.parse(end.finished_at) - Date.parse(end.created_at)) / 1000;
  console.log(
    `${end.status}: ${count(end.rows_accepted)} rows accepted, ${count(end.rows_rejected)} rejected, in ${seconds.toFixed(1)} s`,
  );
  if (end.error) console.log(`why: ${end.error}`);
  if (end.ignored_columns.length > 0) console.log(`ignored columns: ${end.ignored_columns.join(", ")}`);
  if (end.rows_rejected > 0)
    console.log(`rejected rows and why: ${to.api}/imports/${end.id}/rejects (with the access token)`);
}

async function main() {
  const options = readArguments();
  // Before a password is asked for.
  await access(options.file, constants.R_OK).catch((error) => {
    throw new Error(`${options.file} cannot be read (${error.code}).`, { cause: error });
  });
  const to = await signIn(options);
  const end = await importFile(to, options);
  summarise(to, end);
  return end.status === "done" ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  if (error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" || /^(Name|Give) /.test(error.message))
    console.error(`\n${USAGE}`);
  process.exitCode = 1;
}
