// npm run sdk: writes the generated sources of the SDK, or checks them and its size.
import { runCommand } from "./cli.mjs";
import { outdatedSources, writeSources } from "./sdk/files.ts";
import { bundledBytes } from "./sdk/size.ts";

const MAX_BYTES = 15 * 1024;

const usage = `npm run sdk             writes the types and the table of operations of the SDK from openapi.json
npm run sdk -- --check  fails if they are not current, or the package exceeds ${MAX_BYTES} bytes`;

const options = { check: { type: "boolean", default: false } } as const;

async function check(): Promise<number> {
  const outdated = outdatedSources().map(
    ([name]) => `${name} is not what openapi.json says: run npm run sdk.`,
  );
  const bytes = await bundledBytes();
  const failures = [
    ...outdated,
    ...(bytes <= MAX_BYTES ? [] : [`The SDK has ${bytes} bytes; at most ${MAX_BYTES} are allowed.`]),
  ];
  console.log(failures.length > 0 ? failures.join("\n") : `The SDK is current and has ${bytes} bytes.`);
  return failures.length > 0 ? 1 : 0;
}

await runCommand({ usage, options }, async ({ values }) => {
  if (values.check) return check();
  const written = writeSources();
  console.log(written.length > 0 ? `Written: ${written.join(", ")}` : "The SDK is unchanged.");
  return 0;
});
