// Tests hash passwords with a thousandth of the work: at its full cost, scrypt takes a third of the CPU of the files that sign people in.
import crypto from "node:crypto";

declare global {
  var __scryptSync: typeof crypto.scryptSync | undefined;
}

// Files share a Worker, so the function is replaced once.
const full = (globalThis.__scryptSync ??= crypto.scryptSync);

crypto.scryptSync = (password, salt, length, options) => full(password, salt, length, { ...options, N: 16 });

/** Runs `work` with scrypt at its full cost. */
export async function withFullScrypt<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  const light = crypto.scryptSync;
  crypto.scryptSync = full;
  try {
    return await work();
  } finally {
    crypto.scryptSync = light;
  }
}
