// CPU time that the hypervisor gives to other machines: figures measured meanwhile are meaningless.
import { readFileSync } from "node:fs";

/** Ticks of all processors since the start, and those stolen; 0 where the system does not report them. */
function ticks(): { all: number; stolen: number } {
  try {
    const [, ...fields] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.split(/\s+/) ?? [];
    // user, nice, system, idle, iowait, irq, softirq, steal; the rest is contained in user and nice.
    const times = fields.slice(0, 8).map(Number);
    return { all: times.reduce((sum, each) => sum + each, 0), stolen: times[7] ?? 0 };
  } catch {
    return { all: 0, stolen: 0 };
  }
}

/** Returns a function that returns the share of CPU time stolen since this call, from 0 to 1. */
export function measureSteal(): () => number {
  const before = ticks();
  return () => {
    const after = ticks();
    return (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
  };
}
