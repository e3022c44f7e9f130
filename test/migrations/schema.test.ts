import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { SCHEMA_QUERY, schemaText } from "../../scripts/schema/inventory.ts";
import committed from "./schema.sql?raw";

it("the migrations make the tables, constraints, indexes and triggers of schema.sql", async () => {
  const { results } = await env.DB.prepare(SCHEMA_QUERY).all();
  expect(schemaText(results), "run npm run db:schema and review the diff").toBe(committed);
});
