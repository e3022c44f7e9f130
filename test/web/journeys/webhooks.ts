import { deepStrictEqual } from "node:assert";
import { createServer } from "node:http";
import { test } from "node:test";
import { callApi } from "../support/api.ts";
import { openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";

/** A server that answers each request with this status, on any free port. */
async function answering(status: number): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return { url: `http://127.0.0.1:${address.port}/`, stop: () => server.close() };
}

export const journeys: Journeys = ({ browser, url }) => {
  for (const [language, refused, gone, disabled] of [
    ["es", "el destino ha respondido 500", "el destino ha respondido 410", "Desactivado"],
    ["en", "the endpoint returned 500", "the endpoint returned 410", "Disabled"],
  ] as const)
    void test(`why a delivery failed, when it is tried again, and why its endpoint is disabled are said in the language of the person (${language})`, async () => {
      const visitor = await visit(browser, url, { language });
      const { page, context, faults } = visitor;
      await openAs(visitor, "ines", "/webhooks");
      for (const [status, sentence] of [
        [500, refused],
        [410, gone],
      ] as const) {
        const endpoint = await answering(status);
        const body = { url: endpoint.url, event_types: ["shift.needs_review"] };
        const { id } = await callApi<{ id: string }>(page, "/webhooks", { method: "POST", body });
        await callApi(page, `/webhooks/${id}/test`, { method: "POST" });
        await page.goto(`/webhooks/${id}`);
        const delivery = page.locator("main tbody tr").first();
        await delivery.getByText(sentence).waitFor();
        if (status === 500) await delivery.getByText(/^(otro intento|next attempt): /).waitFor();
        else {
          await page.reload();
          await page.locator("main dl").getByText(disabled).waitFor();
          await page.locator("main dl").getByText(sentence).waitFor();
        }
        await callApi(page, `/webhooks/${id}`, { method: "PATCH", body: { is_enabled: false } });
        endpoint.stop();
      }
      deepStrictEqual(faults, []);
      await context.close();
    });
};
