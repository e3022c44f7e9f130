import { z } from "@hono/zod-openapi";
import { label } from "../../values/text.ts";
import { ImportKind } from "../schema.ts";
import { Mapping } from "./caller.ts";

const MappingName = label(60, "Caja de la tienda").refine(
  (name) => !/^[{[]/.test(name),
  "must not begin with a bracket",
);

export const MappingBody = z
  .strictObject({ name: MappingName, kind: ImportKind, mapping: Mapping })
  .openapi("ImportMappingBody");

export const SavedMapping = z
  .object({
    name: z.string().openapi({ example: "Caja de la tienda" }),
    kind: ImportKind,
    mapping: Mapping,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("ImportMapping");

export const SavedMappingList = z.object({ data: z.array(SavedMapping) }).openapi("ImportMappingList");

/** The name of a mapping in a path. */
export const MappingParam = z.object({ name: z.string().min(1).max(60) });
