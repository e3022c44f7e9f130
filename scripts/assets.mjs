// Copies the API reference's browser bundle to the folder that the Worker serves, so that /docs asks no other host.
import { copyFileSync, mkdirSync } from "node:fs";

mkdirSync(".assets/docs", { recursive: true });
copyFileSync("node_modules/@scalar/api-reference/dist/browser/standalone.js", ".assets/docs/reference.js");
