// zod without what its namespace always brings along and nothing here uses: 50 languages, the compiler, and the conversion from JSON
// Schema. wrangler.toml puts it in the place of the package; the tests take the package itself.
import * as z from "./zod-parts.mjs";
export * from "./zod-parts.mjs";
export { z, z as default };
