// What the rows of an export name by id is read once an export, not once a row: an export of a year names a seller a million times.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { alsoReads, type Ctx } from "../../platform/context.ts";

type Found = { id: string; value: string | null };

/** The values of these ids; the map may have others. */
export type LookUp = (ids: readonly (string | null)[]) => Promise<Map<string, string | null>>;

// Some 2 MB of ids and values.
const MAX_REMEMBERED = 20_000;

/** Reads the value of an id once, unless an export has more of them than it remembers. */
function remembering(read: (ids: string[]) => Promise<Found[]>): LookUp {
  const known = new Map<string, string | null>();
  return async (ids) => {
    const named = new Set(ids.filter((id) => id !== null));
    let unknown = [...named].filter((id) => !known.has(id));
    if (known.size + unknown.length > MAX_REMEMBERED) {
      known.clear();
      unknown = [...named];
    }
    if (unknown.length > 0) for (const { id, value } of await read(unknown)) known.set(id, value);
    return known;
  };
}

const found = z.object({ id: z.string(), value: z.string().nullable() });

/** The first barcode of each product. */
export const barcodeLookUp = (ctx: Ctx): LookUp =>
  remembering((ids) =>
    ctx.db.all(
      found,
      sql`SELECT p.id, p.barcodes ->> 0 AS value FROM json_each(${JSON.stringify(ids)}) j
        CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND p.id = j.value`,
    ),
  );

/** The e-mails of sellers, for an ADMIN and for a key that reads users; for others there are none. */
export function sellerLookUp(ctx: Ctx): LookUp {
  if (!alsoReads(ctx, "users:read")) return () => Promise.resolve(new Map());
  return remembering((ids) =>
    ctx.db.all(
      found,
      sql`SELECT u.id, u.email AS value FROM json_each(${JSON.stringify(ids)}) j
        CROSS JOIN users u ON u.tenant_id = ${ctx.tenant.id} AND u.id = j.value`,
    ),
  );
}
