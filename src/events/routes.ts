import { z } from "@hono/zod-openapi";
import { jsonResponse } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { actorContext, shopContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { PageQuery } from "../http/pagination.ts";
import { listDeadLetters, replayDeadLetter } from "./dead-letters.ts";
import { DeadLetter, DeadLetterList } from "./schema.ts";

export const eventRoutes = router();

const tags = ["Events"];

eventRoutes.openapi(
  operation("admin", {
    scope: "events:read",
    method: "get",
    path: "/events/dead-letters",
    operationId: "listDeadLetters",
    summary: "List dead letters, newest first",
    description: "Messages of events that could not be processed after several attempts.",
    tags,
    request: { query: z.strictObject(PageQuery) },
    responses: { 200: jsonResponse("A page of dead letters", DeadLetterList) },
  }),
  async (c) => c.json(DeadLetterList.parse(await listDeadLetters(shopContext(c), c.req.valid("query"))), 200),
);

eventRoutes.openapi(
  operation("admin", {
    scope: "events:write",
    method: "post",
    path: "/events/dead-letters/{id}/replay",
    operationId: "replayDeadLetter",
    summary: "Send a dead letter to its queue again",
    description:
      "The event of an open dead letter is stored until it has been replayed. Thirty days after its export an event is deleted; replaying its dead letter once more answers `event-deleted` (410), which names in `stored_since` the day since which events are stored.",
    tags,
    request: { params: z.object({ id: Id }), headers: IdempotencyHeader },
    problems: ["event-deleted"],
    responses: { 202: jsonResponse("Sent", DeadLetter) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const replayed = await replayDeadLetter(actorContext(c), c.req.valid("param").id, key);
    return c.json(DeadLetter.parse(withReplayHeader(c, replayed)), 202);
  },
);
