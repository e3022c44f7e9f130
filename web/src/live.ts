// How screens stay fresh. It is polling, so that an event stream can replace it here alone. TanStack Query pauses it in hidden tabs.
import { currentSession } from "./session/session.ts";

const EVERY_MS = 30_000;

/** The options of a query that stays fresh while its screen is visible and its login lasts. */
export const live = {
  refetchInterval: () => (currentSession().status === "signed-in" ? EVERY_MS : false),
  refetchIntervalInBackground: false,
  refetchOnWindowFocus: true,
} as const;
