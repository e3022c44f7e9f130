// The size of the SDK as a web page loads it.
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/** Bytes of the whole package, bundled, minified and compressed with gzip. */
export async function bundledBytes(): Promise<number> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      minify: true,
      modulePreload: false,
      rolldownOptions: {
        input: join(import.meta.dirname, "../../sdk/src/index.ts"),
        preserveEntrySignatures: "strict",
      },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((each) =>
    "output" in each ? each.output : [],
  );
  const code = outputs.flatMap((each) => (each.type === "chunk" ? each.code : []));
  return gzipSync(code.join("\n"), { level: 9 }).length;
}
