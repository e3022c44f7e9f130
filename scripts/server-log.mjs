// What wrangler dev prints, without the lines that say twice what our own log says, or what is not so here: it warns that
// crons are not fired, and npm run dev fires them.
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

const pass = (from, to, isWanted) =>
  createInterface({ input: from }).on("line", (line) => {
    if (isWanted() && !NOISE.some((noise) => noise.test(line))) to.write(`${line}\n`);
  });

/** Passes on what a server prints; until `isReady` says so only errors. */
export function passLog(server, isReady) {
  pass(server.stdout, process.stdout, isReady);
  pass(server.stderr, process.stderr, () => true);
}
