// Fires the crons of wrangler.toml as Cloudflare does, in UTC: wrangler dev does not fire them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tools.mjs";

/** Reads the crons of the local environment. */
export function readCrons() {
  const [, list] = /\bcrons = (\[.*?\])/.exec(readFileSync(join(root, "wrangler.toml"), "utf8")) ?? [];
  return JSON.parse(list ?? "[]");
}

/** Fires the crons that are due, at each whole minute from now on. */
export function fireOnSchedule(url, crons) {
  const next = () => setTimeout(tick, 60_000 - (Date.now() % 60_000));
  const tick = () => {
    const now = new Date();
    for (const cron of crons) if (isDue(cron, now)) void fire(url, cron);
    next();
  };
  next();
}

/** Fires all crons once, to make up for those missed while the server was stopped. */
export const fireAll = (url, crons) => Promise.all(crons.map((cron) => fire(url, cron)));

function isDue(cron, now) {
  const clock = [
    now.getUTCMinutes(),
    now.getUTCHours(),
    now.getUTCDate(),
    now.getUTCMonth() + 1,
    now.getUTCDay(),
  ];
  return cron.split(" ").every((field, at) => matches(field, clock[at]));
}

function matches(field, value) {
  if (field === "*") return true;
  if (/^\d+$/.test(field)) return Number(field) === value;
  const step = /^\*\/(\d+)$/.exec(field);
  if (!step)
    throw new Error(`wrangler.toml: scripts/crons.mjs cannot read "${field}" in a cron, only *, 5 and */5.`);
  return value % Number(step[1]) === 0;
}

async function fire(url, cron) {
  try {
    const response = await fetch(`${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`);
    if (!response.ok) console.error(`The cron ${cron} failed: ${response.status} ${await response.text()}`);
  } catch (error) {
    console.error(`The cron ${cron} could not be fired: ${error.cause?.message ?? error.message}`);
  }
}
