// sqlmap on what takes free text: search, the filters of lists and figures, and the login.
import { join } from "node:path";
import type { Lab } from "../bench/lab.ts";
import { tokenOf } from "../bench/people.ts";
import { setStage, type Stage } from "./stage.ts";
import { runProgram } from "./tools.ts";

type Target = { path: string; parameters: string; data?: string; more?: string[] };

const targets: Target[] = [
  { path: "/products/search?tenant=attack&q=book&category=Novel", parameters: "q,category" },
  { path: "/products/suggest?tenant=attack&q=boo", parameters: "q,tenant" },
  {
    path: "/products?tenant=attack&category=Novel&author=Eva&language=es&price_min=1&sort=price",
    parameters: "category,author,language,price_min,sort",
  },
  {
    path: "/sales?from=2010-01-01&to=2026-12-31&customer=17850&status=completed",
    parameters: "from,customer,status",
  },
  { path: "/metrics/top-countries?sort=revenue&order=desc&limit=5", parameters: "sort,order,limit" },
  { path: "/metrics/top-countries/France*", parameters: "" },
  {
    path: "/auth/login",
    parameters: "email,tenant",
    data: JSON.stringify({ tenant: "attack", email: "ana@example.com", password: "a wrong password" }),
    // Each guess costs a scrypt.
    more: ["--technique=BE"],
  },
];

const CLEAN = /do(?:es)? not (?:appear|seem) to be injectable/;

async function attack({ url, worker, people }: Stage, target: Target, folder: string): Promise<string> {
  const { path, parameters, data, more = [] } = target;
  const { code, text } = await runProgram("sqlmap", [
    "-u",
    `${url}/api/v1${path}`,
    "--batch",
    "--flush-session",
    "--dbms=SQLite",
    "--level=2",
    "--risk=2",
    "--disable-coloring",
    "--ignore-code=*",
    "--output-dir",
    folder,
    `--headers=Authorization: Bearer ${await tokenOf(worker, people.ADMIN)}`,
    ...(parameters === "" ? [] : ["-p", parameters]),
    ...(data === undefined ? [] : ["--data", data, "--headers=Content-Type: application/json"]),
    ...more,
  ]);
  if (code !== 0 || !CLEAN.test(text) || /is vulnerable|identified the following injection/.test(text))
    throw new Error(`${path}\n${text.slice(-3000)}`);
  return `${path}: not injectable`;
}

/** Answers what was tried; throws where sqlmap found a way in, or could not say. @throws Missing */
export async function injectSql(lab: Lab): Promise<string> {
  await runProgram("sqlmap", ["--version"]);
  const stage = await setStage(lab, "sqlmap");
  const lines: string[] = [];
  for (const target of targets) lines.push(await attack(stage, target, join(lab.folder, "sqlmap-out")));
  return lines.join("\n");
}
