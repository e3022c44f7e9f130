// Mappings under a name, for files that come again.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { returning, violates } from "../../platform/d1.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import { ImportKind } from "../schema.ts";
import { checkMapping, Mapping, MAX_MAPPING_LENGTH } from "./caller.ts";
import { SavedMapping, type SavedMappingList } from "./saved-schema.ts";

const savedRow = SavedMapping.extend({
  mapping: z.string().transform((text) => Mapping.parse(JSON.parse(text))),
});

const columns = sql.raw("name, kind, mapping, created_at, updated_at");

/** The mappings of the shop by name. One round trip. */
export async function listMappings(ctx: Ctx): Promise<z.infer<typeof SavedMappingList>> {
  const rows = await ctx.db.all(
    savedRow,
    sql`SELECT ${columns} FROM import_mappings WHERE tenant_id = ${ctx.tenant.id} ORDER BY name`,
  );
  return { data: rows };
}

/** Saves a mapping, in the place of another with its name. One round trip. @throws Problem invalid, list-full */
export async function saveMapping(
  ctx: ActorCtx,
  {
    name,
    kind,
    mapping,
  }: { name: string; kind: z.infer<typeof ImportKind>; mapping: z.input<typeof Mapping> },
): Promise<z.infer<typeof SavedMapping>> {
  const { formats, ...checked } = checkMapping(kind, mapping, "#/mapping");
  const text = JSON.stringify({ ...checked, ...formats });
  if (text.length > MAX_MAPPING_LENGTH)
    throw invalid([
      { pointer: "#/mapping", detail: `has more than ${MAX_MAPPING_LENGTH} characters as JSON` },
    ]);
  const at = ctx.now.toISOString();
  const saved = returning(
    savedRow,
    sql`INSERT INTO import_mappings (tenant_id, name, kind, mapping, created_at, updated_at)
      VALUES (${ctx.tenant.id}, ${name}, ${kind}, ${text}, ${at}, ${at})
      ON CONFLICT (tenant_id, name) DO UPDATE SET kind = excluded.kind, mapping = excluded.mapping, updated_at = excluded.updated_at
      RETURNING ${columns}`,
  );
  const before = sql`(SELECT json_object('kind', kind, 'mapping', json(mapping)) FROM import_mappings
    WHERE tenant_id = ${ctx.tenant.id} AND name = ${name})`;
  try {
    const done = await ctx.db.batch([
      audit(ctx, "import_mapping.saved", name, {
        before,
        after: sql`${JSON.stringify({ kind, mapping: JSON.parse(text) })}`,
      }),
      saved,
    ]);
    const [row] = done.of(saved);
    if (!row) throw new Error("the batch has returned no mapping");
    return row;
  } catch (error) {
    if (!violates(error, "import_mappings_full")) throw error;
    throw new Problem("list-full", "A shop can save 50 mappings. Delete one first.");
  }
}

/** Deletes a mapping. One round trip. @throws Problem not-found */
export async function deleteMapping(ctx: ActorCtx, name: string): Promise<void> {
  const isNamed = sql`tenant_id = ${ctx.tenant.id} AND name = ${name}`;
  const deleted = returning(
    z.object({ name: z.string() }),
    sql`DELETE FROM import_mappings WHERE ${isNamed} RETURNING name`,
  );
  const done = await ctx.db.batch([
    audit(ctx, "import_mapping.deleted", name, {
      before: sql`(SELECT json_object('kind', kind, 'mapping', json(mapping)) FROM import_mappings WHERE ${isNamed})`,
      when: sql`EXISTS (SELECT 1 FROM import_mappings WHERE ${isNamed})`,
    }),
    deleted,
  ]);
  if (done.of(deleted).length === 0) throw notFound("mapping");
}

/** The JSON of a mapping: `text` itself, or that of the saved mapping with this name. At most one round trip. @throws Problem invalid */
export async function mappingText(
  ctx: Ctx,
  kind: z.infer<typeof ImportKind>,
  text: string | undefined,
): Promise<string | undefined> {
  if (text === undefined || /^\s*[{[]/.test(text)) return text;
  const [row] = await ctx.db.all(
    z.object({ kind: ImportKind, mapping: z.string() }),
    sql`SELECT kind, mapping FROM import_mappings WHERE tenant_id = ${ctx.tenant.id} AND name = ${text.trim()}`,
  );
  const fault = !row
    ? "is neither JSON nor the name of a saved mapping"
    : row.kind === kind
      ? null
      : `is the name of a mapping for ${row.kind}`;
  if (fault !== null || !row) throw invalid([{ pointer: "#/query/mapping", detail: fault ?? "" }]);
  return row.mapping;
}
