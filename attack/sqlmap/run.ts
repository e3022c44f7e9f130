// sqlmap on what takes free text: search, the filters of lists and figures, and the login. It calls an address clean also where
// nothing of it was answered, so what it was answered is judged too, and it must find what is open.
import { join } from "node:path";
import type { Workspace } from "../../bench/workspace.ts";
import { tokenOf } from "../../bench/accounts.ts";
import { PASSWORD } from "../../bench/client.ts";
import { setStage, type Stage } from "../stage.ts";
import { runProgram } from "../tools.ts";
import { findControl } from "./control.ts";
import { inWords, runSqlmap, type Report, type Target } from "./program.ts";

/** `free` takes any text; `checked` refuses most. `reached` are the statuses of what D1 was asked. */
type Aim = Omit<Target, "parameters"> & { free: string[]; checked?: string[]; reached?: number[] };

// Each answers something as it stands: where a list is empty in any case, no condition can be seen to change it.
const aims: Aim[] = [
  { path: "/products/search?tenant=attack&q=book&category=Novel", free: ["q", "category"] },
  { path: "/products/suggest?tenant=attack&q=boo", free: ["q", "tenant"], reached: [200, 404] },
  {
    path: "/products?tenant=attack&category=Novel&author=Eva%20Mar&language=es&price_min=1&sort=price",
    free: ["category", "author"],
    checked: ["language", "price_min", "sort"],
  },
  {
    path: "/sales?from=2010-01-01&to=2026-12-31&customer=17850&status=completed",
    free: ["customer"],
    checked: ["from", "status"],
  },
  {
    path: "/metrics/top-countries?from=2010-12-01&to=2010-12-31&sort=revenue&order=desc&limit=5",
    free: [],
    checked: ["sort", "order", "limit"],
  },
  {
    path: "/metrics/top-countries/France*?from=2010-12-01&to=2010-12-31",
    free: ["#1*"],
    reached: [200, 404],
  },
  {
    path: "/auth/login",
    free: ["email", "tenant"],
    reached: [200, 401],
    // The right password: with a wrong one all is refused alike, whatever the SQL makes of the rest.
    json: { tenant: "attack", email: "ana@example.com", password: PASSWORD },
    // Each guess costs a scrypt.
    more: ["--technique=BE"],
  },
];

const CLEAN = "all tested parameters do not appear to be injectable";
const OPEN = /is vulnerable|identified the following injection/;

// Of the requests with free text, so many must get as far as D1: some are too long, or have signs that no text may have.
const LEAST = 0.7;
const MOST_LIMITED = 0.05;

const every = ({ free, checked = [] }: Aim): string[] => [...free, ...checked];

/** What is wrong with a run: a way in, or that it proves nothing; null where it tried all in earnest. */
function flawOf(aim: Aim, { text, statuses }: Report): string | null {
  const count = (is: (status: number) => boolean): number =>
    [...statuses].reduce((sum, [status, requests]) => sum + (is(status) ? requests : 0), 0);
  const all = count(() => true);
  const { free, reached = [200] } = aim;
  const least = Math.max(1, (LEAST * all * free.length) / every(aim).length);
  if (OPEN.test(text)) return "there is an injection";
  if (!text.includes(CLEAN)) return "sqlmap does not say that it is clean";
  const untried = every(aim).find((name) => !text.includes(`${name}' does not seem to be injectable`));
  if (untried !== undefined) return `${untried} was not tried`;
  // What breaks a statement has become a part of it.
  if (count((status) => status >= 500) > 0) return "it failed";
  if (!reached.includes(401) && count((status) => status === 401) > 0) return "the token was not taken";
  if (count((status) => status === 429) > MOST_LIMITED * all) return "the limits refused too many requests";
  if (count((status) => status === 200) === 0) return "nothing was answered with 200";
  if (count((status) => reached.includes(status)) < least) return "too few requests reached D1";
  return null;
}

/** @throws where the address as it stands answers nothing that an injection could change */
async function askOnce(url: string, { path, json }: Aim, authorization: string): Promise<void> {
  const response = await fetch(`${url}${path.replace("*", "")}`, {
    method: json === undefined ? "GET" : "POST",
    headers: { authorization, "content-type": "application/json" },
    body: json === undefined ? null : JSON.stringify(json),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"data":[]')) throw new Error(`${path}: ${response.status} ${text}`);
}

async function attack({ url, worker, people }: Stage, aim: Aim, folder: string): Promise<string> {
  const { path } = aim;
  const authorization = `Bearer ${await tokenOf(worker, people.ADMIN)}`;
  const api = `${url}/api/v1`;
  await askOnce(api, aim, authorization);
  const parameters = path.includes("*") ? [] : every(aim);
  const report = await runSqlmap(api, { ...aim, parameters }, authorization, folder);
  const summary = `${path}: ${inWords(report.statuses)}`;
  const flaw = flawOf(aim, report);
  if (flaw !== null) throw new Error(`${summary}; ${flaw}\n${report.text.slice(-3000)}`);
  return `${summary}; not injectable`;
}

/** Answers what was tried; throws where sqlmap found a way in, or could not say. @throws Missing */
export async function injectSql(workspace: Workspace): Promise<string> {
  await runProgram("sqlmap", ["--version"]);
  const folder = join(workspace.folder, "sqlmap-out");
  const lines = [await findControl(folder)];
  const stage = await setStage(workspace, "sqlmap");
  for (const [at, aim] of aims.entries()) lines.push(await attack(stage, aim, join(folder, String(at))));
  return lines.join("\n");
}
