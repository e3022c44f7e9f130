// The polls of a device that waits for a person (RFC 8628, section 3.5).
import { ConnectionError, isProblem } from "./problem.ts";
import { wait } from "./retry.ts";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const SLOWER_S = 5;

/**
 * Sends `request` every `interval` seconds, or less often if the server asks for that, until a person has decided or the codes have
 * expired. A poll that fails for a reason of the server or of the network is followed by the next.
 */
export async function poll<T>(
  request: () => Promise<T>,
  { interval, expires_in }: { interval: number; expires_in: number },
  signal: AbortSignal | undefined,
): Promise<T> {
  const end = Date.now() + expires_in * 1000;
  for (let seconds = interval; ;) {
    await wait(seconds * 1000, signal);
    try {
      return await request();
    } catch (error) {
      const reason: unknown = isProblem(error) ? Reflect.get(error, "error") : null;
      if (reason === "slow_down") seconds += SLOWER_S;
      else if (reason !== "authorization_pending" && (!isTransient(error) || Date.now() > end)) throw error;
    }
  }
}

const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionError || (isProblem(error) && error.status >= 500);
