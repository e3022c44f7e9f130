import type { Page } from "playwright-core";

/** Drops a file where imports take one. */
export async function dropFile(page: Page, name: string, content: Buffer): Promise<void> {
  const bytes = JSON.stringify([...content]);
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(${bytes})], ${JSON.stringify(name)}, { type: "" }));
    return transfer;
  })()`);
  const zone = page.locator("main label:has(input[type=file])");
  for (const type of ["dragover", "drop"]) await zone.dispatchEvent(type, { dataTransfer: transfer });
}
