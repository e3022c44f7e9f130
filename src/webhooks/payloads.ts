// What a delivery contains, by the type of its event.
import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { Product } from "../catalog/products/schema.ts";
import { StockMove } from "../catalog/stock/schema.ts";
import type { EventType } from "../events/schema.ts";
import { Payment } from "../purchases/schema.ts";
import { Sale } from "../sales/schema.ts";
import { Shift } from "../shifts/schema.ts";
import { Id } from "../values/ids.ts";
import { Quantity, Unit } from "../values/quantities.ts";

const instant = z.iso.datetime();

const PaymentPayload = Payment.pick({
  id: true,
  sale_id: true,
  refund_of: true,
  provider: true,
  provider_ref: true,
  amount: true,
  currency: true,
  status: true,
  refunded: true,
  created_at: true,
}).openapi("PaymentPayload");

const LowStock = z.object({
  product_id: Id,
  sku: z.string(),
  title: z.string(),
  stock: Quantity,
  threshold: Quantity,
});

const StockChanged = z.object({
  product_id: Id,
  sku: z.string(),
  before: Quantity.nullable().openapi({ description: "null if the stock was not tracked" }),
  after: Quantity,
  delta: Quantity,
  reason: StockMove.shape.reason,
  reference: z.string().nullable(),
});

const ProductsImported = z.object({
  import_id: Id,
  products: z.int(),
  updated_at: instant,
  stock_changes: z.int(),
  stock: z
    .array(z.array(z.union([z.string(), z.number(), z.null()])))
    .openapi({ description: "[product id, stock before, stock after] of at most 500 of the stock changes" }),
});

const Discrepancies = z.object({
  sale_id: Id,
  number: z.string().nullable().openapi({ description: "the receipt number" }),
  placed_at: instant,
  discrepancies: z.array(
    z.object({
      id: Id,
      product_id: Id,
      sku: z.string(),
      title: z.string(),
      unit: Unit,
      missing: Quantity.openapi({ description: "units that the sale took beyond the stock" }),
    }),
  ),
});

const IdleShift = z.object({
  id: Id.openapi({ description: "id of the alert" }),
  shift_id: Id,
  user_id: Id,
  last_sign_at: instant,
});

const Ping = z.object({ id: Id, endpoint_id: Id });

/** The shape of `data` and the occasion of each type of event. */
export const payloads: Record<EventType, { when: string; data: z.ZodType }> = {
  "sale.completed": { when: "A counter sale was made, or an online purchase was paid", data: Sale },
  "sale.refunded": { when: "Lines of a sale were refunded, or a sale was voided", data: Sale },
  "sale.cancelled": { when: "A pending purchase was cancelled or expired", data: Sale },
  "sale.payments_corrected": { when: "The payments of a sale were corrected", data: Sale },
  "purchase.placed": { when: "A customer checked out, or staff took an order", data: Sale },
  "purchase.changed": { when: "Staff changed an order", data: Sale },
  "payment.refund_due": { when: "A payment arrived too late or had a wrong amount", data: PaymentPayload },
  "payment.refunded": { when: "A payment that was due for refund was refunded", data: PaymentPayload },
  "product.created": { when: "A product was added", data: Product },
  "product.updated": { when: "A product was changed", data: Product },
  "product.hidden": { when: "A product was hidden", data: Product },
  "product.low_stock": { when: "The stock of a product fell to its threshold", data: LowStock },
  "product.stock_changed": { when: "Staff changed the stock of a product by hand", data: StockChanged },
  "products.imported": { when: "A chunk of a file of products was imported", data: ProductsImported },
  "stock.discrepancy": { when: "A counter sale took more than the stock", data: Discrepancies },
  "shift.started": { when: "A shift was started", data: Shift },
  "shift.ended": { when: "A shift was ended or closed", data: Shift },
  "shift.corrected": { when: "The times of a shift were corrected", data: Shift },
  "shift.idle": { when: "An open shift shows no activity", data: IdleShift },
  "shift.needs_review": { when: "A shift has been open for too long", data: Shift },
  "webhook.ping": { when: "An ADMIN requested a test", data: Ping },
};

/** `sale.completed` as `SaleCompleted`. */
const nameOf = (type: string): string =>
  type.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase());

const DELIVERY_HEADERS = z.object({
  "webhook-id": z.string().openapi({ description: "the same for every attempt of a delivery" }),
  "webhook-timestamp": z.string().openapi({ description: "Unix seconds of the attempt" }),
  "webhook-signature": z.string().openapi({ description: "signatures according to Standard Webhooks" }),
});

/** Adds a webhook for each type of event to the OpenAPI document. */
export function describeWebhooks(openAPIRegistry: OpenAPIHono["openAPIRegistry"]): void {
  for (const [type, { when, data }] of Object.entries(payloads)) {
    const event = z
      .object({ type: z.literal(type), timestamp: instant, data })
      .openapi(`${nameOf(type)}Event`);
    openAPIRegistry.registerWebhook({
      method: "post",
      path: type,
      operationId: `receive${nameOf(type)}`,
      summary: when,
      tags: ["Webhooks"],
      // A delivery is authenticated by its signature.
      security: [],
      request: {
        headers: DELIVERY_HEADERS,
        body: { required: true, content: { "application/json": { schema: event } } },
      },
      responses: { "2XX": { description: "Received" } },
    });
  }
}
