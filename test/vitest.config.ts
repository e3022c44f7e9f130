import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { unstable_readConfig } from "wrangler";
import { readCrons } from "../scripts/crons.mjs";
import { newSigningKey } from "../scripts/keys/rotation.mjs";
import { prewarm } from "./support/prewarm.ts";
import { startStripe } from "./support/stripe-api.ts";

const root = new URL("..", import.meta.url).pathname;

// Real data lie beside the repository; a test whose file is missing is skipped with a message.
const files = {
  RETAIL_10K: "online-retail-10k.csv",
  RETAIL_ODD: "online-retail-odd.csv",
  RETAIL_GZ: "online-retail.csv.gz",
  RETAIL_TRUTH: "online-retail-truth.json",
  NORTHWIND: "northwind-sales.csv",
  NORTHWIND_STAFF: "northwind-employees.json",
  NORTHWIND_TRUTH: "northwind-truth.json",
  BOOKS_GZ: "books.csv.gz",
  BOOKS_ISBN13: "books-isbn13.csv",
  BOOKS_ES: "books-es-gutenberg.csv",
};

const fieldFolder = `${root}../shared/data/field`;

/** The small files in the layouts of other programs, by name. */
const fieldFiles = existsSync(fieldFolder)
  ? Object.fromEntries(
      readdirSync(fieldFolder).map((name) => [name, readFileSync(`${fieldFolder}/${name}`, "base64")]),
    )
  : null;

const dataBlobBindings = Object.fromEntries(
  Object.entries(files)
    .map(([name, file]) => [name, `${root}../shared/data/${file}`] as const)
    .filter(([, path]) => existsSync(path)),
);

const bundled = [
  "@cfworker/json-schema",
  "@hono/zod-openapi",
  "drizzle-orm",
  "drizzle-orm/d1",
  "drizzle-orm/sqlite-core",
  "fast-check",
  "hono",
  "hono/body-limit",
  "hono/cookie",
  "hono/cors",
  "hono/html",
  "hono/http-exception",
  "hono/request-id",
  "hono/route",
  "hono/secure-headers",
  "hyparquet",
  "hyparquet-writer",
  "jose",
  "multipasta",
  "saxes",
  "stripe",
  "zod",
];

const deployments = Object.fromEntries(
  ["local", "staging", "production"].map((name) => {
    const env = name === "local" ? "" : name;
    const { triggers, queues, ratelimits, vars } = unstable_readConfig({
      config: `${root}wrangler.toml`,
      env,
    });
    return [name, { triggers, queues, ratelimits, vars }];
  }),
);

export default defineConfig({
  // Not in node_modules, which several worktrees may share.
  cacheDir: `${root}.wrangler/vite`,
  resolve: { alias: { "@mostrador/sdk": `${root}sdk/src/index.ts` } },
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: `${root}wrangler.toml` },
      miniflare: {
        bindings: {
          AUTH_SIGNING_KEY: JSON.stringify(newSigningKey()),
          AUTH_VERIFICATION_KEYS: JSON.stringify({ keys: [] }),
          DEPLOYMENTS: deployments,
          LOCAL_CRONS: readCrons(),
          FIELD_FILES: fieldFiles,
          TEST_MIGRATIONS: await readD1Migrations(`${root}migrations`),
          STRIPE_API_BASE: await startStripe(),
        },
        dataBlobBindings,
        ratelimits: { THREE_PER_ADDRESS: { namespace_id: "3", simple: { limit: 3, period: 60 } } },
      },
    })),
    prewarm("/workers/index.ts"),
  ],
  test: {
    root,
    include: ["test/**/*.test.ts"],
    globalSetup: [`${root}test/support/receiver.ts`],
    setupFiles: ["light-scrypt", "migrate", "midnight", "quiet-console"].map(
      (name) => `${root}test/support/${name}.ts`,
    ),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // A Worker for each file takes three times as long: support/migrate.ts empties the one they share.
    isolate: false,
    // Bundled, because the Worker would otherwise load each of some thousand modules on its own.
    deps: { optimizer: { ssr: { enabled: true, include: bundled } } },
  },
});
