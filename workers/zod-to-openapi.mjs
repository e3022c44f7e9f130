// What @hono/zod-openapi needs of its generator to route and validate. The document is generated beforehand (openapi.json), so the Worker has
// neither the generator nor the copies of schemas that carry its metadata. wrangler.toml puts this in the place of the package; the tests
// take the package itself.
export class OpenAPIRegistry {
  definitions = [];
  registerPath(route) {
    this.definitions.push({ type: "route", route });
  }
  register(_name, schema) {
    return schema;
  }
  registerComponent() {}
  registerWebhook() {}
}
export const getOpenApiMetadata = () => ({});
export function extendZodWithOpenApi({ ZodType }) {
  ZodType.prototype.openapi = function () {
    return this;
  };
}
// Only `getOpenAPIDocument` and its like construct them, which the Worker does not call.
export const OpenApiGeneratorV3 = undefined;
export const OpenApiGeneratorV31 = undefined;
