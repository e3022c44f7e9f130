// Builds the files that the Worker serves beside the API: the web app, the OpenAPI document, the texts of problems, and the scripts of the API
// reference, so that /docs loads nothing from other hosts. wrangler.toml runs it before each build; the web app is built only if its sources
// have changed.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { build } from "vite";
import { openApiDocument } from "../src/openapi.ts";
import { problemTexts } from "../src/http/problem-texts.ts";
import { runCommand } from "./cli.mjs";

const usage = `node scripts/assets.mjs

Writes .assets, or the folder that ASSETS_FOLDER names.`;

const SOURCES = ["web", "sdk/src", "package-lock.json"];
// Not deployed: it is in .assetsignore.
const STAMP = "web.sha256";

// Only files of this origin, nothing inline, and no page that frames the app.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = `/*
  Content-Security-Policy: ${POLICY}
  Cross-Origin-Opener-Policy: same-origin
  Permissions-Policy: camera=(self), usb=(self), geolocation=(), microphone=()
  Referrer-Policy: no-referrer
  Strict-Transport-Security: max-age=15552000; includeSubDomains
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
  Cache-Control: no-cache
/app/*
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable
/docs/openapi-explorer.js
  ! Cache-Control
  Cache-Control: public, max-age=86400
`;

/** A hash of all that the web app is built from. */
function hashOfSources() {
  const hash = createHash("sha256");
  const files = SOURCES.flatMap((source) =>
    source.includes(".")
      ? [source]
      : readdirSync(source, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of files.toSorted()) hash.update(file).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

async function buildWebApp(folder) {
  const stamp = join(folder, STAMP);
  const hash = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  rmSync(join(folder, "app"), { recursive: true, force: true });
  await build({ configFile: "web/vite.config.ts", logLevel: "warn", build: { outDir: resolve(folder) } });
  writeFileSync(stamp, hash);
}

await runCommand({ usage }, async () => {
  const folder = process.env.ASSETS_FOLDER || ".assets";
  mkdirSync(join(folder, "docs"), { recursive: true });
  const renderer = "node_modules/openapi-explorer/dist/browser/openapi-explorer.min.js";
  copyFileSync(renderer, join(folder, "docs", "openapi-explorer.js"));
  for (const file of ["reference.js", "examples.js", "reference.css"])
    copyFileSync(join("src", "http", "reference", file), join(folder, "docs", file));
  writeFileSync(join(folder, "openapi.json"), JSON.stringify(openApiDocument));
  writeFileSync(join(folder, "problem-texts.json"), JSON.stringify(problemTexts));
  writeFileSync(join(folder, "_headers"), HEADERS);
  writeFileSync(join(folder, ".assetsignore"), `${STAMP}\n`);
  await buildWebApp(folder);
});
