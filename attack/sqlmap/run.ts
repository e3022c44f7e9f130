// Runs sqlmap on the operations that take free text: search, the filters of lists and metrics, and the login. sqlmap reports a URL as
// clean even if no request succeeded, so the responses are checked as well, and it must find the injections of a control.
import { join } from "node:path";
import type { Workspace } from "../../bench/workspace.ts";
import { tokenOf } from "../../bench/accounts.ts";
import { PASSWORD } from "../../bench/client.ts";
import { prepareStage, type Stage } from "../stage.ts";
import { runProgram } from "../tools.ts";
import { findControl } from "./control.ts";
import { formatCounts, runSqlmap, type Report, type Target } from "./sqlmap.ts";

/** `free` parameters accept any text, `checked` ones refuse most. `reached` are the statuses of requests that reached D1, [200] by default. */
type Probe = Omit<Target, "parameters"> & { free: string[]; checked?: string[]; reached?: number[] };

// Each returns data without an injection: in an empty list no injected condition would show.
const probes: Probe[] = [
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
    // The right password: with a wrong one every login is refused, and no injection would show.
    json: { tenant: "attack", email: "ana@example.com", password: PASSWORD },
    // Fewer techniques, because each request computes scrypt.
    more: ["--technique=BE"],
  },
];

const CLEAN_VERDICT = "all tested parameters do not appear to be injectable";
const INJECTION_FOUND = /is vulnerable|identified the following injection/;

// The share of the requests with free text that must reach D1: some are too long or contain characters that are refused.
const MIN_REACHED_SHARE = 0.7;
const MAX_LIMITED_SHARE = 0.05;

const parametersOf = ({ free, checked = [] }: Probe): string[] => [...free, ...checked];

/** Describes why a run is not a success: an injection, or a run that proves nothing. Null if it tested everything and found nothing. */
function findFlaw(probe: Probe, { text, statuses }: Report): string | null {
  const count = (is: (status: number) => boolean): number =>
    [...statuses].reduce((sum, [status, requests]) => sum + (is(status) ? requests : 0), 0);
  const all = count(() => true);
  const { free, reached = [200] } = probe;
  const minReached = Math.max(1, (MIN_REACHED_SHARE * all * free.length) / parametersOf(probe).length);
  if (INJECTION_FOUND.test(text)) return "sqlmap found an injection";
  if (!text.includes(CLEAN_VERDICT)) return "sqlmap does not report it as clean";
  const untested = parametersOf(probe).find(
    (name) => !text.includes(`${name}' does not seem to be injectable`),
  );
  if (untested !== undefined) return `${untested} was not tested`;
  // A text that breaks a statement has become part of it.
  if (count((status) => status >= 500) > 0) return "a request failed with 500 or more";
  if (!reached.includes(401) && count((status) => status === 401) > 0) return "the token was refused";
  if (count((status) => status === 429) > MAX_LIMITED_SHARE * all)
    return "the limits refused too many requests";
  if (count((status) => status === 200) === 0) return "nothing was answered with 200";
  if (count((status) => reached.includes(status)) < minReached) return "too few requests reached D1";
  return null;
}

/** Throws if the request without an injection is refused or returns no data. */
async function checkBaseline(url: string, { path, json }: Probe, authorization: string): Promise<void> {
  const response = await fetch(`${url}${path.replace("*", "")}`, {
    method: json === undefined ? "GET" : "POST",
    headers: { authorization, "content-type": "application/json" },
    body: json === undefined ? null : JSON.stringify(json),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"data":[]')) throw new Error(`${path}: ${response.status} ${text}`);
}

async function attack({ url, worker, people }: Stage, probe: Probe, folder: string): Promise<string> {
  const { path } = probe;
  const authorization = `Bearer ${await tokenOf(worker, people.ADMIN)}`;
  const api = `${url}/api/v1`;
  await checkBaseline(api, probe, authorization);
  const parameters = path.includes("*") ? [] : parametersOf(probe);
  const report = await runSqlmap(api, { ...probe, parameters }, authorization, folder);
  const summary = `${path}: ${formatCounts(report.statuses)}`;
  const flaw = findFlaw(probe, report);
  if (flaw !== null) throw new Error(`${summary}; ${flaw}\n${report.text.slice(-3000)}`);
  return `${summary}; not injectable`;
}

/** Returns what was tested; throws if sqlmap found an injection or a run proves nothing. @throws MissingToolError */
export async function injectSql(workspace: Workspace): Promise<string> {
  await runProgram("sqlmap", ["--version"]);
  const folder = join(workspace.folder, "sqlmap-out");
  const lines = [await findControl(folder)];
  const stage = await prepareStage(workspace, "sqlmap");
  for (const [index, probe] of probes.entries())
    lines.push(await attack(stage, probe, join(folder, String(index))));
  return lines.join("\n");
}
