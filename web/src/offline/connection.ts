// Whether the server can be reached, as far as is known.
import { ConnectionError } from "@mostrador/sdk";
import { useSyncExternalStore } from "react";
import { createStore } from "../store.ts";

const store = createStore(navigator.onLine);

export const isReachable = store.get;
export const setReachable = store.set;
export const subscribeToReachable = store.subscribe;
export const useReachable = (): boolean => useSyncExternalStore(store.subscribe, store.get);

addEventListener("offline", () => store.set(false));

/** What requests report: whether they reached the server. */
export const noteAnswer = (): void => store.set(true);
export const noteError = (error: unknown): void => {
  if (error instanceof ConnectionError) store.set(false);
};

/** Notes whether a request reached the server, and passes its result on. */
export async function noting<T>(request: Promise<T>): Promise<T> {
  try {
    const value = await request;
    noteAnswer();
    return value;
  } catch (error) {
    noteError(error);
    throw error;
  }
}

const PROBE_MS = 5000;

async function probe(): Promise<void> {
  try {
    await fetch("/healthz", { cache: "no-store" });
    noteAnswer();
  } catch {
    // Still without an answer.
  }
}

/** Looks for the server while it cannot be reached. Returns what stops it. */
export function startProbing(): () => void {
  const timer = setInterval(() => {
    if (!store.get() && navigator.onLine) void probe();
  }, PROBE_MS);
  return () => clearInterval(timer);
}
