import { sql } from "drizzle-orm";
import { z } from "zod";
import { sqlBoolean } from "../platform/d1.ts";
import { type ErasureStep, idList, type PersonalData } from "../platform/personal-data.ts";
import { firstIdAt, instantOfId } from "../values/ids.ts";

const EVENTS_PER_BATCH = 2000;
const eventRow = z.object({ id: z.string(), is_personal: sqlBoolean });

/** Walks the shop's events from the account's first day on: an index by person would cost every sale a row. */
const redactEvents: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const first = firstIdAt(new Date(instantOfId(user_id).getTime() - 60_000));
  const events = await ctx.db.all(
    eventRow,
    sql`SELECT id, json_valid(payload) AND CASE
        WHEN payload ->> 'customer_id' = ${user_id} THEN payload ->> 'shipping_address' IS NOT NULL
        WHEN payload ->> 'user_id' = ${user_id} THEN EXISTS (SELECT 1 FROM json_each(payload, '$.sessions')
          WHERE value ->> 'device_label' IS NOT NULL)
        ELSE 0 END AS is_personal
      FROM events WHERE tenant_id = ${tenant_id} AND id > ${after === "" ? first : after}
      ORDER BY id LIMIT CAST(${EVENTS_PER_BATCH} AS INTEGER)`,
  );
  const personal = events.filter((event) => event.is_personal);
  const devices = sql.raw(`(SELECT json_group_array(json_set(value, '$.device_label', NULL))
    FROM json_each(payload, '$.sessions'))`);
  return {
    statements: [
      sql`UPDATE events SET payload = CASE WHEN payload ->> 'sessions' IS NULL
          THEN json_set(payload, '$.shipping_address', NULL) ELSE json_set(payload, '$.sessions', ${devices}) END
        WHERE tenant_id = ${tenant_id} AND id IN (SELECT value FROM json_each(${idList(personal)}))`,
    ],
    after: events.length < EVENTS_PER_BATCH ? null : (events.at(-1)?.id ?? null),
  };
};

export const personalData: PersonalData = {
  erased: {
    events: "shipping_address and device labels are removed from payloads; the lake never has them",
  },
  notExported: { events: "facts about the sales, which are exported" },
  retained: { dead_letters: "queue messages: ids only", event_claims: "a number" },
  steps: { events: redactEvents },
};
