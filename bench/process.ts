// Reads the workerd processes that this process started from /proc, which only Linux has.
import { existsSync, readFileSync } from "node:fs";

const CHILDREN = `/proc/self/task/${process.pid}/children`;
const MS_A_TICK = 10;

export const children = (): string[] =>
  existsSync(CHILDREN) ? readFileSync(CHILDREN, "utf8").split(" ").filter(Boolean) : [];

/** The resident set size of a process in bytes. */
export const residentBytes = (pid: string): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);

/** Milliseconds of CPU time so far, null without a pid. Other programs affect them less than they affect requests per second. */
export function cpuMs(pid: string | null): number | null {
  if (pid === null) return null;
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13);
  return MS_A_TICK * (Number(user) + Number(system));
}
