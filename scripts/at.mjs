// Runs a command as if it were another time (UTC), which goes on from there. For Linux with a C compiler.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runCommand, UsageError } from "./cli.mjs";
import { exitOf, root } from "./tools.mjs";

const usage = `node scripts/at.mjs "2026-12-31 23:50" COMMAND ...

Runs a command, such as npm test, as if it were this time in UTC. Put -- first if the command has options of its own.`;

await runCommand(
  { usage, positionals: ["time", "command..."] },
  ({ positionals: [time = "", tool, ...args] }) => {
    const start = Date.parse(`${time.replace(" ", "T")}Z`);
    if (Number.isNaN(start) || tool === undefined) throw new UsageError("A time and a command are needed.");
    const folder = join(root, ".wrangler");
    mkdirSync(folder, { recursive: true });
    const library = join(folder, "clock.so");
    execFileSync("cc", ["-O2", "-shared", "-fPIC", "-o", library, join(root, "scripts/clock.c")], {
      stdio: "inherit",
    });
    const shift = Math.round((start - Date.now()) / 1000);
    const env = { ...process.env, CLOCK_SHIFT_S: String(shift), LD_PRELOAD: library };
    return exitOf(spawn(tool, args, { env, stdio: "inherit" }));
  },
);
