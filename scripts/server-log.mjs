// Filters the output of wrangler dev: lines that repeat the request log, and warnings that do not apply because npm run dev fires the
// crons.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

const NOISE = [
  /\[wrangler:info\]/,
  /^(Your Worker has access|Binding |env\.)/,
  /Scheduled Workers are not automatically triggered/,
  /To manually trigger a scheduled event/,
  /curl ".*\/cdn-cgi\/local\/scheduled"/,
  /cron-triggers\/#test-cron-triggers-locally/,
  /Logs were written to/,
  /^\s*$/,
];

const forward = (from, outputs) =>
  createInterface({ input: from }).on("line", (line) => {
    if (NOISE.some((noise) => noise.test(line))) return;
    for (const output of outputs) output.write(`${line}\n`);
  });

/** Writes the server's output to a file. Errors are printed too, and with `isVerbose` the request log. */
export function logServer(server, file, isVerbose) {
  const log = createWriteStream(file);
  forward(server.stdout, isVerbose ? [log, process.stdout] : [log]);
  forward(server.stderr, [log, process.stderr]);
}
