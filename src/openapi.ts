// The OpenAPI document of the whole application. scripts/assets.mjs writes it when the Worker is built, so nothing of the Worker imports this.
import { app } from "./app.ts";
import { generateDocument } from "./http/openapi.ts";
import type { OpenApiDocument } from "./http/tidy-document.ts";
import { describeWebhooks } from "./webhooks/payloads.ts";

describeWebhooks(app.openAPIRegistry);

export const openApiDocument: OpenApiDocument = generateDocument(app);
