// Copies the API reference's browser bundle to the folder that the Worker serves, so that /docs asks no other host.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";

mkdirSync(".assets/docs", { recursive: true });
copyFileSync("node_modules/@scalar/api-reference/dist/browser/standalone.js", ".assets/docs/reference.js");
writeFileSync(".assets/_headers", "/docs/*\n  X-Content-Type-Options: nosniff\n");
