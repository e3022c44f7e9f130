// Everything that the shop holds about a person, as JSON: an object with an array for each part that the domains declare. It is
// streamed, a page of rows at a time, so a long history needs no memory.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import type { Person } from "../platform/personal-data.ts";
import { unauthenticated } from "../platform/problem.ts";
import { exported } from "./data-inventory.ts";

const personRow = z.object({ email: z.string().nullable() });
const partRow = z.object({ key: z.string(), data: z.string().nullable() });

async function* textOf(ctx: ActorCtx, person: Person): AsyncGenerator<string> {
  const { name, slug } = ctx.tenant;
  yield `{"exported_at":${JSON.stringify(ctx.now)},"shop":${JSON.stringify({ name, slug, currency: ctx.tenant.currency })}`;
  for (const [member, { rows, limit }] of Object.entries(exported)) {
    yield `,${JSON.stringify(member)}:[`;
    let isFirst = true;
    for (let after: string | null = ""; after !== null;) {
      const page: z.infer<typeof partRow>[] = await ctx.db.all(partRow, rows(person, after));
      for (const { data } of page) {
        if (data === null) continue;
        yield `${isFirst ? "" : ","}${data}`;
        isFirst = false;
      }
      after = page.length < limit ? null : (page.at(-1)?.key ?? null);
    }
    yield "]";
  }
  yield "}";
}

// What is read before the response starts: all but the longest histories.
const BUFFERED_CHARACTERS = 1_000_000;

/** The data of the actor. A failure becomes a problem; one after the first megabyte is logged and aborts the response. */
export async function exportMe(ctx: ActorCtx): Promise<ReadableStream<Uint8Array>> {
  const [found] = await ctx.db.all(
    personRow,
    sql`SELECT iif(email_confirmed_at IS NULL, NULL, email) AS email FROM users
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${ctx.actor.id}`,
  );
  if (!found) throw unauthenticated("The account does not exist.");
  const texts = textOf(ctx, { tenant_id: ctx.tenant.id, user_id: ctx.actor.id, email: found.email });
  const encoder = new TextEncoder();
  let buffered = "";
  let isComplete = false;
  while (!isComplete && buffered.length < BUFFERED_CHARACTERS) {
    const { done, value } = await texts.next();
    if (done === true) isComplete = true;
    else buffered += value;
  }
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(encoder.encode(buffered));
      if (isComplete) controller.close();
    },
    pull: async (controller) => {
      try {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        logFailure("export of personal data", error);
        throw error;
      }
    },
  });
}
