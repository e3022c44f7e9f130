// What openapi.json says, as sources of the SDK.
import { z } from "zod";
import { sdkOperations } from "./operations.ts";
import { operationTable, types } from "./render.ts";
import { problemMembers, problemSlugs } from "./problems.ts";
import { referredName } from "./schema-type.ts";

const Webhook = z.object({
  post: z.object({
    requestBody: z.object({
      content: z.object({ "application/json": z.object({ schema: z.object({ $ref: z.string() }) }) }),
    }),
  }),
});

const Document = z.object({
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
  }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  webhooks: z.record(z.string(), Webhook),
});

/** Files of the folder sdk/src/generated with their texts. */
export function sdkSources(document: unknown): Record<string, string> {
  const { components, paths, webhooks } = Document.parse(document);
  const operations = sdkOperations(paths, components);
  const events = Object.fromEntries(
    Object.entries(webhooks).map(([type, { post }]) => [
      type,
      referredName(post.requestBody.content["application/json"].schema.$ref),
    ]),
  );
  const slugs = problemSlugs(components.schemas);
  const schemas = Object.entries(components.schemas).filter(([name]) => !slugs.has(name));
  return {
    "operations.ts": operationTable(operations),
    "types.ts": types(operations, Object.fromEntries(schemas), events, problemMembers(components.schemas)),
  };
}
