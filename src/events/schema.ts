import { z } from "@hono/zod-openapi";
import { Id } from "../ids.ts";
import { listOf } from "../page.ts";

export const DeadLetter = z
  .object({
    id: Id,
    queue: z.enum(["events"]),
    body: z.unknown().openapi({ description: "the message as it was sent" }),
    created_at: z.iso.datetime(),
    replayed_at: z.iso.datetime().nullable().openapi({ description: "when it was last sent again" }),
  })
  .openapi("DeadLetter");

export const DeadLetterList = listOf(DeadLetter).openapi("DeadLetterList");
