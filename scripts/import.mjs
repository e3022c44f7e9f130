// `npm run import -- FILE`: sends a CSV of sales or products, plain or gzip, and follows the import to its end. Node's own modules
// only, so it needs no install.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readDemo } from "./demo.mjs";
import { askPassword, showProgress } from "./terminal.mjs";

const USAGE = `npm run import -- FILE [--url http://localhost:8787] [--shop SLUG] [--email E-MAIL] [--kind sales|products]

FILE is .csv or .csv.gz. The password comes from MOSTRADOR_PASSWORD, or is asked for. On a server of this machine
the demo shop's ADMIN is used where no shop and no e-mail are given.`;

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

function readArguments() {
  const options = {
    url: { type: "string", default: "http://localhost:8787" },
    shop: { type: "string" },
    email: { type: "string" },
    kind: { type: "string", default: "sales" },
  };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error("Name one file.");
  if (!/\.csv(\.gz)?$/i.test(file)) throw new Error(`${file} is neither .csv nor .csv.gz.`);
  if (!URL.canParse(values.url)) throw new Error(`${values.url} is no URL.`);
  const { hostname } = new URL(values.url);
  const isDemo = values.shop === undefined && values.email === undefined && LOCAL.includes(hostname);
  if (!isDemo && (values.shop === undefined || values.email === undefined))
    throw new Error("Give both --shop and --email.");
  return { ...values, url: values.url.replace(/\/+$/, ""), file, isDemo };
}

async function credentialsOf({ isDemo, shop, email }) {
  const given = process.env.MOSTRADOR_PASSWORD;
  if (!isDemo)
    return { tenant: shop, email, password: given ?? (await askPassword(`Password of ${email}: `)) };
  const { slug, staff, password } = readDemo();
  return { tenant: slug, email: staff[0].email, password: given ?? password };
}

/** The JSON of an answer; a problem becomes an error in the problem's own words. */
async function call(what, url, init) {
  let answer;
  try {
    answer = await fetch(url, init);
  } catch (error) {
    const why = error.cause?.message || error.cause?.code || error.message;
    throw new Error(`${what}: no answer from ${new URL(url).origin} (${why}).`, { cause: error });
  }
  const text = await answer.text();
  const body = answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  if (!answer.ok)
    throw new Error(`${what}: ${answer.status} ${body.detail ?? (body.title || text.slice(0, 500))}`);
  return { body, isReplay: answer.headers.get("idempotent-replayed") === "true" };
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
  const api = `${options.url}/api/v1`;
  const { body } = await call("Signing in", `${api}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(await credentialsOf(options)),
  });
  const to = { api, headers: { authorization: `Bearer ${body.access_token}` } };
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
