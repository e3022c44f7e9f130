// A receiver of webhooks: it verifies each, and handles it once. WEBHOOK_SECRET is that of the webhook (whsec_...).
import { verifyWebhook, WebhookError, type WebhookEvent } from "@mostrador/sdk";

/** The ids of webhooks that were handled. A receiver with several instances has them in its database. */
export type Handled = {
  has: (id: string) => boolean | Promise<boolean>;
  add: (id: string) => unknown;
};

export async function receive(
  request: Request,
  secret: string,
  handled: Handled,
  handle: (event: WebhookEvent) => void | Promise<void>,
): Promise<Response> {
  const id = request.headers.get("webhook-id") ?? "";
  try {
    const event = await verifyWebhook(request, secret);
    if (await handled.has(id)) return new Response(null, { status: 204 });
    await handle(event);
    // Afterwards: if the handler fails, the webhook comes again.
    await handled.add(id);
    return new Response(null, { status: 204 });
  } catch (error) {
    if (error instanceof WebhookError) return new Response(error.message, { status: 400 });
    throw error;
  }
}

const handled = new Set<string>();

export default {
  fetch: (request: Request, { WEBHOOK_SECRET }: { WEBHOOK_SECRET: string }) =>
    receive(request, WEBHOOK_SECRET, handled, (event) => {
      if (event.type === "product.low_stock") console.log(`Order more of ${event.data.sku}.`);
    }),
};
