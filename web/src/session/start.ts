// Starting, entering and leaving a session.
import { ConnectionError, isProblem, type Me } from "@mostrador/sdk";
import { mostrador, queryClient } from "../client.ts";
import { noting } from "../offline/connection.ts";
import { toastError } from "../parts/toasts.tsx";
import { currentSession, sessionEnded, sessionStarted } from "./session.ts";

/** Asks the API who is signed in. */
export async function startSession(): Promise<void> {
  try {
    sessionStarted(await mostrador.getIdentity());
  } catch (error) {
    if (!(isProblem(error) && error.status === 401)) throw error;
    sessionEnded();
  }
}

/** Renews a profile that was stored. Without a network it stays; if the login has ended, the screen is locked. */
export async function confirmSession(): Promise<void> {
  const before = currentSession();
  if (before.status !== "signed-in") return;
  try {
    const me = await noting(mostrador.getIdentity());
    if (me.id !== before.me.id) queryClient.clear();
    sessionStarted(me);
  } catch (error) {
    if (!(error instanceof ConnectionError) && !(isProblem(error) && error.status === 401)) toastError(error);
  }
}

export type SignInForm = { tenant: string; email: string; password: string };

/** Signs in and loads the account. If another account than the locked one signs in, nothing of the former stays. */
export async function signIn(form: SignInForm): Promise<Me> {
  const before = currentSession();
  await mostrador.signIn(form);
  const me = await mostrador.getIdentity();
  const isSame = before.status === "locked" && before.me.id === me.id;
  if (!isSame) queryClient.clear();
  sessionStarted(me, true);
  if (isSame) await queryClient.invalidateQueries();
  return me;
}

/** Ends the login on the server and in all tabs. */
export async function signOut(): Promise<void> {
  try {
    await mostrador.signOut();
  } catch (error) {
    // A login that has already ended is as good as signed out.
    if (!(isProblem(error) && error.status === 401)) throw error;
  }
  sessionEnded(true);
  queryClient.clear();
}
