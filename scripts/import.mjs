// Sends a CSV file of sales or products, plain or gzip, and follows the import to its end. Node's built-in modules only, so it
// needs no installed packages.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { runCommand, UsageError } from "./cli.mjs";
import { call, readShop, shopOptions, signIn } from "./session.mjs";
import { showImport } from "./terminal.mjs";

const usage = `npm run import -- FILE [--url http://localhost:8787] [--shop SLUG] [--email E-MAIL] [--kind sales|products]

FILE is .csv or .csv.gz. The password is read from MOSTRADOR_PASSWORD, or prompted for. On a local server the ADMIN of the
demo shop is used unless --shop and --email are given.`;

const options = { ...shopOptions, kind: { type: "string", default: "sales" } };

function readArguments({ values, positionals: [file] }) {
  if (file === undefined) throw new UsageError("Name a file.");
  if (!/\.csv(\.gz)?$/i.test(file)) throw new UsageError(`${file} is neither .csv nor .csv.gz.`);
  if (values.kind !== "sales" && values.kind !== "products")
    throw new UsageError(`Unknown kind: ${values.kind}. Use sales or products.`);
  return { ...readShop(values), kind: values.kind, file };
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

/** Sends the file and follows the import. A file whose earlier import failed is sent again under a new key. */
async function importFile(to, options) {
  const show = showImport();
  for (let key = await sha256Of(options.file); ;) {
    const { body, isReplay } = await upload(to, options, key);
    if (isReplay) console.log("This file has been imported before: this is that import.");
    const end = await follow(to, body.id, show);
    if (!isReplay || end.status !== "failed") return end;
    console.log("That import failed: sending the file again.");
    key = `${key.slice(0, 64)}-after-${end.id}`;
  }
}

const count = (rows) => rows.toLocaleString("en");

function summarise(to, end) {
  const seconds = (Date.parse(end.finished_at) - Date.parse(end.created_at)) / 1000;
  console.log(
    `${end.status}: ${count(end.rows_accepted)} rows accepted, ${count(end.rows_rejected)} rejected, in ${seconds.toFixed(1)} s`,
  );
  if (end.error) console.log(`error: ${end.error}`);
  if (end.ignored_columns.length > 0) console.log(`ignored columns: ${end.ignored_columns.join(", ")}`);
  if (end.rows_rejected > 0)
    console.log(
      `rejected rows with their reasons: ${to.api}/imports/${end.id}/rejects (with the access token)`,
    );
}

await runCommand({ usage, options, positionals: ["file"] }, async (parsed) => {
  const { file, ...request } = readArguments(parsed);
  await access(file, constants.R_OK).catch((error) => {
    throw new Error(`${file} cannot be read (${error.code}).`, { cause: error });
  });
  const to = await signIn(request);
  const end = await importFile(to, { ...request, file });
  summarise(to, end);
  return end.status === "done" ? 0 : 1;
});
