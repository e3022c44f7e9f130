// npm run openapi: writes the OpenAPI document to openapi.json, with which test/http/contract.test.ts compares what is served.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../src/app.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { runCommand } from "./cli.mjs";
import { openApiText } from "./openapi/text.ts";

const usage = "npm run openapi\n\nWrites the OpenAPI document of this version to openapi.json.";

await runCommand({ usage }, () => {
  const file = join(import.meta.dirname, "..", "openapi.json");
  const text = openApiText(openApiDocument(app));
  const isCurrent = readFileSync(file, "utf8") === text;
  if (!isCurrent) writeFileSync(file, text);
  console.log(isCurrent ? "openapi.json is unchanged." : "openapi.json is rewritten: review its diff.");
});
