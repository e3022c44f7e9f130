import { actorContext, shopContext } from "../../http/app-context.ts";
import { jsonBody, jsonResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { MappingBody, MappingParam, SavedMapping, SavedMappingList } from "./saved-schema.ts";
import { deleteMapping, listMappings, saveMapping } from "./saved.ts";

export const mappingRoutes = router();

const tags = ["Imports"];

mappingRoutes.openapi(
  operation("admin", {
    scope: "imports:read",
    method: "get",
    path: "/import-mappings",
    operationId: "listImportMappings",
    summary: "List the saved mappings of imports",
    tags,
    responses: { 200: jsonResponse("The mappings, by name", SavedMappingList) },
  }),
  async (c) => c.json(SavedMappingList.parse(await listMappings(shopContext(c))), 200),
);

mappingRoutes.openapi(
  operation("admin", {
    scope: "imports:write",
    method: "put",
    path: "/import-mappings",
    operationId: "saveImportMapping",
    summary: "Set a named mapping of imports",
    description: `POST /imports?mapping=NAME then reads files with it. A mapping with the same name is replaced; a shop has at most 50.
Fields are those of POST /imports, by their names or by any name that their columns may have. \`dates\` and \`decimal\` settle what files
leave open.`,
    tags,
    request: { body: jsonBody(MappingBody) },
    problems: ["list-full"],
    responses: { 200: jsonResponse("The mapping", SavedMapping) },
  }),
  async (c) => c.json(SavedMapping.parse(await saveMapping(actorContext(c), c.req.valid("json"))), 200),
);

mappingRoutes.openapi(
  operation("admin", {
    scope: "imports:write",
    method: "delete",
    path: "/import-mappings/{name}",
    operationId: "deleteImportMapping",
    summary: "Delete a saved mapping",
    description: "Imports that were started with it go on as they began.",
    tags,
    request: { params: MappingParam },
    responses: { 204: { description: "Deleted" } },
  }),
  async (c) => {
    await deleteMapping(actorContext(c), c.req.valid("param").name);
    return c.body(null, 204);
  },
);
