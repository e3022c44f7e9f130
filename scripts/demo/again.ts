// The demo shop is filled again after an interruption.
import { isProblem } from "../../sdk/src/index.ts";

/** Waits for a request that an earlier run may have made: what exists already is no failure. */
export async function unlessDone(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    if (!isProblem(error) || error.status !== 409) throw error;
  });
}
