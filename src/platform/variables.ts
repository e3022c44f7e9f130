// Variables of the deployment that are numbers.
import { unavailable } from "./problem.ts";

/** The variable, a whole number of at least 1. @throws Problem unavailable, where it is none */
export function positiveInteger(env: Env, name: "LOGIN_ATTEMPTS_PER_ADDRESS" | "QUOTA_PER_ADDRESS"): number {
  const count = Number(env[name]);
  if (!Number.isInteger(count) || count < 1) throw unavailable(new Error(`${name} is no number`));
  return count;
}
