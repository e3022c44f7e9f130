// A receipt in the format that the request names.
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { App } from "../../http/app-context.ts";
import { receiptHtml, receiptPolicy } from "./html.ts";
import { Receipt, type ReceiptQuery } from "./schema.ts";
import { receiptText } from "./text.ts";

/** The declaration of the response. */
export const receiptResponse = {
  description: "The receipt",
  content: {
    "application/json": { schema: Receipt },
    "text/plain": { schema: z.string() },
    "text/html": { schema: z.string() },
  },
};

export function respondWithReceipt(
  c: Context<App>,
  body: z.infer<typeof Receipt>,
  { format, width }: z.infer<typeof ReceiptQuery>,
) {
  const receipt = Receipt.parse(body);
  if (format === "json") return c.json(receipt, 200);
  if (format === "text") return c.text(receiptText(receipt, width), 200);
  c.header("Content-Security-Policy", receiptPolicy);
  return c.html(receiptHtml(receipt), 200);
}
