// npm run openapi: writes the OpenAPI document to openapi.json, which test/http/contract.test.ts compares with the served document.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../src/app.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { runCommand } from "./cli.mjs";
import { openApiText } from "./openapi/text.ts";

const usage = "npm run openapi\n\nWrites the OpenAPI document of this version to openapi.json.";

await runCommand({ usage }, () => {
  writeFileSync(join(import.meta.dirname, "..", "openapi.json"), openApiText(openApiDocument(app)));
  console.log("openapi.json is up to date.");
});
