// Collects the problems that operations answer in the tests. scripts/openapi/unanswered.ts compares them with those that are declared.
import { inject } from "vitest";

const answered = new Set<string>();

/** `type` is that of the problem, such as `/problems/out-of-stock`. */
export const recordProblem = (operationId: string, type: string): void => {
  answered.add(`${operationId} ${type.replace("/problems/", "")}`);
};

/** Sends what has been collected to the receiver, which writes it to a file when all tests have ended. */
export async function reportProblems(): Promise<void> {
  if (answered.size === 0) return;
  await fetch(`${inject("receiver")}/answered-problems/200`, {
    method: "POST",
    body: JSON.stringify([...answered]),
  });
  answered.clear();
}
