// Failures that no response reports, and only the log has.
import { vi } from "vitest";
import { z } from "zod";

const failure = z.object({ what: z.string() });

/** What failed, as it was logged, while `act` ran. */
export async function failuresDuring(act: () => Promise<unknown>): Promise<string[]> {
  const logged = vi.spyOn(console, "error").mockReturnValue();
  try {
    await act();
    return logged.mock.calls.map(([line]) => failure.parse(JSON.parse(String(line))).what);
  } finally {
    logged.mockRestore();
  }
}
