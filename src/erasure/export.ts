// Everything that the shop holds about a person, as JSON: an object with an array for each part that the domains declare. The first page
// of each part is read in one batch, before the response starts. Further pages of a long history are read while it is sent.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { UserCtx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { logFailure } from "../platform/log.ts";
import type { ExportedPart, Person } from "../platform/personal-data.ts";
import { exported } from "./data-inventory.ts";

const partRow = z.object({ key: z.string(), data: z.string().nullable() });

type Row = z.infer<typeof partRow>;

type Part = { member: string; part: ExportedPart; firstPage: Row[] };

function personOf({ tenant, actor }: UserCtx): Person {
  const email = sql`(SELECT iif(email_confirmed_at IS NULL, NULL, email) FROM users
    WHERE tenant_id = ${tenant.id} AND id = ${actor.id})`;
  return { tenant_id: tenant.id, user_id: actor.id, email };
}

async function* textOf(ctx: UserCtx, person: Person, parts: Part[]): AsyncGenerator<string> {
  const { name, slug, currency } = ctx.tenant;
  yield `{"exported_at":${JSON.stringify(ctx.now)},"shop":${JSON.stringify({ name, slug, currency })}`;
  for (const { member, part, firstPage } of parts) {
    yield `,${JSON.stringify(member)}:[`;
    let isFirst = true;
    let page = firstPage;
    for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
      for (const { data } of page) {
        if (data === null) continue;
        yield `${isFirst ? "" : ","}${data}`;
        isFirst = false;
      }
      page = page.length < part.limit ? [] : await ctx.db.all(partRow, part.rows(person, last.key));
    }
    yield "]";
  }
  yield "}";
}

/** The data of the actor. One round trip, and one for each further page; a failure of those is logged and aborts the response. */
export async function exportMe(ctx: UserCtx): Promise<ReadableStream<Uint8Array>> {
  const person = personOf(ctx);
  const statements = Object.entries(exported).map(([member, part]) => ({
    member,
    part,
    first: returning(partRow, part.rows(person, "")),
  }));
  const done = await ctx.db.batch(statements.map(({ first }) => first));
  const parts = statements.map(({ member, part, first }) => ({ member, part, firstPage: done.of(first) }));
  const texts = textOf(ctx, person, parts);
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done: isDone, value } = await texts.next();
        if (isDone === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        logFailure("export of personal data", error);
        throw error;
      }
    },
  });
}
