// Environment variables that hold numbers.
import { unavailable } from "./problem.ts";

/** The variable as an integer of at least 1. @throws Problem unavailable, if it is not one */
export function positiveInteger(env: Env, name: "LOGIN_ATTEMPTS_PER_ADDRESS" | "QUOTA_PER_ADDRESS"): number {
  const value = Number(env[name]);
  if (!Number.isInteger(value) || value < 1)
    throw unavailable(new Error(`${name} is not a positive integer`));
  return value;
}
