import type { Page } from "playwright-core";

const GAP_S = 0.005;

/**
 * Types a code as a scanner does: keys that follow each other at once and end with Enter. The times of the keys are given, because those at which
 * a busy machine sends them may be as far apart as a person's.
 */
export async function scan(page: Page, code: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const begin = Date.now() / 1000;
  const keys = [...code.split("").map((key) => ({ key, text: key })), { key: "Enter", text: "\r" }];
  for (const [index, { key, text }] of keys.entries()) {
    const timestamp = begin + index * GAP_S;
    await session.send("Input.dispatchKeyEvent", { type: "keyDown", key, text, timestamp });
    await session.send("Input.dispatchKeyEvent", { type: "keyUp", key, timestamp });
  }
  await session.detach();
}
