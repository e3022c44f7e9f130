// A child process that runs one test file at a time, with one mutant or none, in a Worker that outlives the runs. It receives requests
// and sends results over Node's channel to its parent.
import { join } from "node:path";
import { createVitest, type TestCase, type TestModule } from "vitest/node";

import type { Request, Result } from "./worker.ts";

const ROOT = join(import.meta.dirname, "../..");
const TIMEOUT = /timed out/;

const vitest = await createVitest("test", {
  config: join(ROOT, "test/mutants/vitest.config.ts"),
  watch: false,
  reporters: [{}],
  setupFiles: ["mutants/switch.ts", "support/light-scrypt.ts", "support/migrate.ts"].map((file) =>
    join(ROOT, "test", file),
  ),
});
const project = vitest.getRootProject();

const isFailed = (test: TestCase): boolean => test.result().state === "failed";

/** The first failure of a file: its name and message. */
function failureOf(module: TestModule): { name: string; message: string } | null {
  const test = [...module.children.allTests()].find(isFailed);
  if (test) return { name: test.fullName, message: test.result().errors?.[0]?.message ?? "" };
  const suite = [...module.children.allSuites()].find((each) => each.errors().length > 0);
  const [error] = suite?.errors() ?? module.errors();
  return error ? { name: suite?.fullName ?? "the file", message: error.message } : null;
}

async function run({ test, tests, mutants, assigned }: Request): Promise<Result> {
  project.provide("mutant", {
    ids: mutants?.ids ?? [],
    isStatic: mutants?.isStatic ?? false,
    isMapped: mutants === null,
    tests,
    assigned: assigned ?? null,
  });
  const path = join(ROOT, test);
  const begin = performance.now();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([
    project.createSpecification(path),
  ]);
  const ms = Math.round(performance.now() - begin);
  // Those of earlier runs are listed too.
  const module = testModules.find(({ moduleId }) => moduleId === path);
  const failure = module ? failureOf(module) : { name: "the file", message: "It did not run." };
  vitest.state.clearErrors();
  const isUnhandled = !failure && unhandledErrors.length > 0;
  const failed = failure
    ? `${failure.name}: ${failure.message.split("\n")[0] ?? ""}`
    : isUnhandled
      ? "an unhandled error"
      : null;
  return {
    failed,
    failures: [...(module?.children.allTests() ?? [])].filter(isFailed).map((each) => ({
      name: each.name,
      message: each.result().errors?.[0]?.message.split("\n")[0] ?? "",
    })),
    isTimeout: TIMEOUT.test(failure?.message ?? ""),
    ms,
    reached: module?.meta().reached ?? {},
  };
}

process.on("message", (request: Request) => {
  void run(request).then((result) => process.send?.(result));
});
// The parent was ended: the group, of which this process is the leader, has the runtime.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
process.send?.("ready");
