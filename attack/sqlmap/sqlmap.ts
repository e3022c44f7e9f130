// Runs sqlmap on one URL and counts the responses by status.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../tools.ts";

/** sqlmap tests `parameters`, or the position marked by `*` in the path if there are none. `more` are further arguments. */
export type Target = { path: string; parameters: string[]; json?: unknown; more?: string[] };

/** sqlmap's output, and the number of its requests by response status. */
export type Report = { text: string; statuses: Map<number, number> };

function statusesIn(traffic: string): Map<number, number> {
  const statuses = new Map<number, number>();
  for (const [, digits] of traffic.matchAll(/^HTTP response \[#\d+\] \((\d{3}) /gm)) {
    const status = Number(digits);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  return statuses;
}

/** Tests a target under the base URL `url`; sqlmap writes its files to `folder`. @throws MissingToolError */
export async function runSqlmap(
  url: string,
  { path, parameters, json, more = [] }: Target,
  authorization: string,
  folder: string,
): Promise<Report> {
  mkdirSync(folder, { recursive: true });
  const traffic = join(folder, "traffic.txt");
  const headers = [`Authorization: ${authorization}`, ...(json ? ["Content-Type: application/json"] : [])];
  const { code, text } = await runProgram("sqlmap", [
    "-u",
    `${url}${path}`,
    "--batch",
    "--flush-session",
    "--dbms=SQLite",
    "--level=2",
    "--risk=2",
    "--disable-coloring",
    // Error statuses are compared like any response; the caller checks the counts.
    "--ignore-code=*",
    "--output-dir",
    folder,
    "-t",
    traffic,
    `--headers=${headers.join("\n")}`,
    ...(parameters.length === 0 ? [] : ["-p", parameters.join(",")]),
    ...(json === undefined ? [] : ["--data", JSON.stringify(json)]),
    ...more,
  ]);
  if (code !== 0) throw new Error(`sqlmap ended with ${code} on ${path}\n${text.slice(-3000)}`);
  return { text, statuses: statusesIn(readFileSync(traffic, "utf8")) };
}

/** As `200: 12, 422: 3`. */
export const formatCounts = (statuses: Map<number, number>): string =>
  [...statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(", ");
