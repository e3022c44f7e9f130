import { z } from "@hono/zod-openapi";
import { shopContext, userContext } from "../http/app-context.ts";
import { jsonBody, jsonResponse } from "../http/content.ts";
import { withLocation } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { Id } from "../values/ids.ts";
import { addKey, changeKey, getKey, listKeys, revokeKey, rotateKey } from "./keys.ts";
import {
  ApiKey,
  ApiKeyList,
  ApiKeyPatch,
  CreatedApiKey,
  ApiKeyQuery,
  RotatedApiKey,
  NewApiKey,
  Rotation,
} from "./schema.ts";

export const apiKeyRoutes = router();

const tags = ["API keys"];
const params = z.object({ id: Id });

apiKeyRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "post",
    path: "/api-keys",
    operationId: "createApiKey",
    summary: "Create an API key",
    description:
      "The key is returned once, and only its hash is stored; so the request takes no Idempotency-Key. If the response is lost, revoke the key and create another. A shop can have 50 keys that are not revoked.",
    tags,
    request: { body: jsonBody(NewApiKey) },
    problems: ["too-many-api-keys"],
    responses: { 201: jsonResponse("The key", CreatedApiKey) },
  }),
  async (c) => {
    const created = CreatedApiKey.parse(await addKey(userContext(c), c.req.valid("json")));
    return c.json(withLocation(c, "api-keys", created), 201);
  },
);

apiKeyRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "get",
    path: "/api-keys",
    operationId: "listApiKeys",
    summary: "List the API keys of the shop, newest first",
    description: "Revoked keys are listed too, because the audit log names them.",
    tags,
    request: { query: ApiKeyQuery },
    responses: { 200: jsonResponse("A page of keys", ApiKeyList) },
  }),
  async (c) => c.json(ApiKeyList.parse(await listKeys(shopContext(c), c.req.valid("query"))), 200),
);

apiKeyRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "get",
    path: "/api-keys/{id}",
    operationId: "getApiKey",
    summary: "Get an API key",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The key, without its secret", ApiKey) },
  }),
  async (c) => c.json(ApiKey.parse(await getKey(shopContext(c), c.req.valid("param").id)), 200),
);

apiKeyRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "patch",
    path: "/api-keys/{id}",
    operationId: "updateApiKey",
    summary: "Change what an API key may do",
    description: "The secret stays, and the next request has the new scopes. A revoked key is 404.",
    tags,
    request: { params, body: jsonBody(ApiKeyPatch) },
    responses: { 200: jsonResponse("The key", ApiKey) },
  }),
  async (c) => {
    const changed = await changeKey(userContext(c), c.req.valid("param").id, c.req.valid("json"));
    return c.json(ApiKey.parse(changed), 200);
  },
);

apiKeyRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "post",
    path: "/api-keys/{id}/rotate",
    operationId: "rotateApiKey",
    summary: "Give an API key a new secret",
    description:
      "Earlier secrets of the key work for `grace_seconds`, in which the systems that use it get the new one. A repeated request rotates the key again; at most five earlier secrets work.",
    tags,
    request: { params, body: jsonBody(Rotation) },
    responses: { 200: jsonResponse("The new secret", RotatedApiKey) },
  }),
  async (c) => {
    const rotated = await rotateKey(userContext(c), c.req.valid("param").id, c.req.valid("json"));
    return c.json(RotatedApiKey.parse(rotated), 200);
  },
);

apiKeyRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "delete",
    path: "/api-keys/{id}",
    operationId: "revokeApiKey",
    summary: "Revoke an API key",
    description: "It is refused from the next request. It stays in the list.",
    tags,
    request: { params },
    responses: { 204: { description: "Revoked" } },
  }),
  async (c) => {
    await revokeKey(userContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);
