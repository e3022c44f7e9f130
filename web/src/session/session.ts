// Who is signed in. The tokens are HttpOnly cookies, so the app learns it from the API; the profile is stored for a start without a network.
import type { Me } from "@mostrador/sdk";
import { useSyncExternalStore } from "react";
import { createStore } from "../store.ts";

export type Session =
  /** The API has not answered yet. */
  | { status: "starting" }
  | { status: "anonymous" }
  | { status: "signed-in"; me: Me }
  /** The login has ended while screens were open: they stay, and a password takes them up again. */
  | { status: "locked"; me: Me };

const HINT = "mostrador_signed_in=1";
const PROFILE = "mostrador.me";

type Message = { type: "signed-in" | "signed-out"; account: string };

const channel = new BroadcastChannel("mostrador.session");

/** The account and its shop as last seen on this device, without any token. */
function storedProfile(): Me | null {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this module writes it
    return JSON.parse(localStorage.getItem(PROFILE) ?? "null") as Me | null;
  } catch {
    return null;
  }
}

/** Whether a request for the account may succeed: the readable cookie says that there is a login. */
const mayBeSignedIn = (): boolean => document.cookie.split("; ").includes(HINT);

/** The stored profile stands in until the API answers, or where there is no network. */
function firstSession(): Session {
  if (!mayBeSignedIn()) return { status: "anonymous" };
  const me = storedProfile();
  return me ? { status: "signed-in", me } : { status: "starting" };
}

const store = createStore<Session>(firstSession());

export const currentSession = store.get;
export const subscribeToSession = store.subscribe;
export const useSession = (): Session => useSyncExternalStore(store.subscribe, store.get);

const accountOf = (me: Me): string => `${me.shop.slug}/${me.id}`;

/** The account of the session, signed in or locked. */
export function useMe(): Me {
  const session = useSession();
  if (session.status === "signed-in" || session.status === "locked") return session.me;
  throw new Error("useMe needs a session.");
}

/** Tells the other tabs of this browser. */
function announceTo(type: Message["type"], me: Me): void {
  const message: Message = { type, account: accountOf(me) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel reaches its own origin only
  channel.postMessage(message);
}

export function sessionStarted(me: Me, announce = false): void {
  localStorage.setItem(PROFILE, JSON.stringify(me));
  store.set({ status: "signed-in", me });
  if (announce) announceTo("signed-in", me);
}

export function sessionEnded(announce = false): void {
  const before = store.get();
  localStorage.removeItem(PROFILE);
  store.set({ status: "anonymous" });
  if (announce && "me" in before) announceTo("signed-out", before.me);
}

/** The login cannot be renewed. */
export function signedOutByServer(): void {
  const session = store.get();
  if (session.status === "signed-in") store.set({ status: "locked", me: session.me });
  else if (session.status === "starting") sessionEnded();
}

channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
  const session = store.get();
  if (data.type === "signed-out") signedOutByServer();
  // Another tab has signed in: as this account, the lock opens; otherwise the app starts again as whoever it is.
  else if (session.status === "locked" && data.account === accountOf(session.me))
    store.set({ status: "signed-in", me: session.me });
  else if (session.status !== "signed-in" || data.account !== accountOf(session.me)) location.reload();
});
