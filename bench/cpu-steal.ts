// What a hypervisor takes of the processors for others: nothing that is measured meanwhile says anything about us.
import { readFileSync } from "node:fs";

/** What has passed since start on all processors, in ticks: all of it, and what was stolen. 0 where nobody says so. */
function ticks(): { all: number; stolen: number } {
  try {
    const [, ...fields] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.split(/\s+/) ?? [];
    // user, nice, system, idle, iowait, irq, softirq, steal; the rest is in user and nice already.
    const times = fields.slice(0, 8).map(Number);
    return { all: times.reduce((sum, each) => sum + each, 0), stolen: times[7] ?? 0 };
  } catch {
    return { all: 0, stolen: 0 };
  }
}

/** Answers what part of the processors was stolen since it was called, from 0 to 1. */
export function watchSteal(): () => number {
  const before = ticks();
  return () => {
    const after = ticks();
    return (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
  };
}
