// npm run openapi: writes the OpenAPI document to openapi.json, with which test/http/contract.test.ts compares what is served.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { app } from "../src/app.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { openApiText } from "./openapi/text.ts";

const USAGE = "Usage: npm run openapi\n\nWrites the OpenAPI document of this version to openapi.json.";

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
if (values.help) console.log(USAGE);
else {
  writeFileSync(join(import.meta.dirname, "..", "openapi.json"), openApiText(openApiDocument(app)));
  console.log("openapi.json is up to date.");
}
