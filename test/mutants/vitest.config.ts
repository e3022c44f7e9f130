// The tests' configuration for mutation testing: the mutants of the chosen files are planted behind switches when Vite loads them, and the
// Worker outlives a run, so that a mutant costs as much as the tests that run for it.
import { readFileSync } from "node:fs";
import { defineConfig, mergeConfig } from "vitest/config";
import type { Vite } from "vitest/node";
import { plant, withSwitches } from "../../scripts/mutants/plant.ts";
import base from "../vitest.config.ts";
import { surviveRuns } from "./survive-runs.ts";

const root = new URL("../..", import.meta.url).pathname;

// Written by scripts/mutants: what is planted, and a hash of the planter, because Vite caches modules by the plugin's name.
const { files, version } = JSON.parse(readFileSync(process.env["MUTANTS"] ?? "", "utf8"));
const planted = new Set<string>(files);

const plantMutants: Vite.Plugin = {
  name: `mostrador:mutants-${version}`,
  enforce: "pre",
  transform(code, id) {
    const file = id.slice(root.length).split("?")[0] ?? "";
    return id.startsWith(root) && planted.has(file)
      ? { code: withSwitches(code, plant(file, code)), map: null }
      : null;
  },
};

export default mergeConfig(
  base,
  defineConfig({
    // Its own, because another configuration would replace the dependencies that a running session has loaded.
    cacheDir: `${root}.wrangler/mutants/vite-${version}`,
    plugins: [plantMutants, surviveRuns],
    test: {
      setupFiles: [],
      maxWorkers: 1,
      sequence: { setupFiles: "list" },
    },
  }),
);
