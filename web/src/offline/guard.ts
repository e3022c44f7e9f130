// What must not happen while sales are unsent: signing out, and the end of the shift.
import { createStore } from "../store.ts";
import { accountNow, refreshUnsent, sendUnsent } from "./outbox.ts";
import { owedBy } from "./rules.ts";

/** Why the unsent sales are shown: because a person asks for them, or because they prevent something. */
export type Occasion = "list" | "sign-out" | "shift-end";

/** The dialog of unsent sales; null while it is closed. */
export const unsentDialog = createStore<Occasion | null>(null);

/** Sends what waits. Returns false if sales of the person are still unsent, and shows them. */
export async function allSent(occasion: Occasion): Promise<boolean> {
  await sendUnsent(true);
  const account = accountNow();
  const owed = account === null ? [] : owedBy(await refreshUnsent(), account);
  if (owed.length > 0) unsentDialog.set(occasion);
  return owed.length === 0;
}
