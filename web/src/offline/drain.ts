// Sends what waits, in order, until the server cannot be reached.
import { inOrder, refusalOf, requestOf, waitsAfter, type UnsentSale } from "./rules.ts";
import type { NewSale } from "@mostrador/sdk";

export type Outbox = {
  list: () => Promise<UnsentSale[]>;
  put: (sale: UnsentSale) => Promise<void>;
  remove: (clientId: string) => Promise<void>;
};

export type Sender = {
  outbox: Outbox;
  send: (request: NewSale) => Promise<unknown>;
  /** Whether the login is that of the account; false also while it is locked. */
  isSignedInAs: (account: string) => boolean;
  /** Runs `work` unless this sale is being sent elsewhere. */
  exclusively: (clientId: string, work: () => Promise<void>) => Promise<void>;
  now: () => number;
};

/** Sends the sales that wait. False if at least one still waits, because the server could not take it. */
export async function drain({ outbox, send, isSignedInAs, exclusively, now }: Sender): Promise<boolean> {
  let isDone = true;
  for (const { client_id } of inOrder(await outbox.list())) {
    await exclusively(client_id, async () => {
      // Read again: it may have been sent or changed in the meantime.
      const sale = (await outbox.list()).find((one) => one.client_id === client_id);
      if (sale?.state !== "waiting" || !isSignedInAs(sale.account)) return;
      try {
        await send(requestOf(sale, now()));
        await outbox.remove(client_id);
      } catch (error) {
        if (waitsAfter(error, sale.sold_at, now())) isDone = false;
        else await outbox.put({ ...sale, state: "refused", refusal: refusalOf(error) });
      }
    });
    if (!isDone) return false;
  }
  return true;
}
