// The demo shop's names and accounts, for scripts that run before anything is installed and so cannot import TypeScript.
import { readFileSync } from "node:fs";

/** Slug, password and people of the demo shop. */
export const readDemo = () => JSON.parse(readFileSync(new URL("demo/shop.json", import.meta.url), "utf8"));
