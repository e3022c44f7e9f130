import { defineConfig, type OxlintOverride } from "oxlint";
import { DOMAINS } from "./src/domain-order.ts";

type Pattern = { group: string[]; message: string };

const inward: Pattern = {
  group: ["**/workers/**", "**/test/**", "**/scripts/**", "**/bench/**", "**/attack/**"],
  message: "src does not import its callers",
};
const noDomain = (names: readonly string[], message: string): Pattern[] =>
  names.length === 0 ? [] : [{ group: names.map((name) => `**/${name}/**`), message }];

const fence = (
  files: string[],
  patterns: Pattern[],
  paths: { name: string; message: string }[] = [],
): OxlintOverride => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [inward, ...patterns], paths }] },
});

const FOUNDATION = ["platform", "http", "values"];
// Middleware and caches that belong to a domain but read requests.
const HTTP_ADAPTERS = [
  "src/auth/access.ts",
  "src/auth/rely-on.ts",
  "src/api-keys/access.ts",
  "src/quota/rate-limit.ts",
  "src/purchases/access.ts",
  "src/cart/access.ts",
  "src/sales/receipts/response.ts",
  "src/metrics/response-cache.ts",
];
const functionsOnly = "routes call functions of their domain";

/** A domain imports only those before it; its routes do not touch tables, and its functions do not depend on HTTP. */
const fencesOf = (domain: string, index: number) => {
  const order = noDomain(
    DOMAINS.slice(index + 1),
    "a domain imports only those before it in src/domain-order.ts",
  );
  const noHttp = { group: ["**/http/**"], message: "domain functions do not depend on HTTP" };
  const noTables = { group: ["**/tables.ts"], message: functionsOnly };
  const adapters = HTTP_ADAPTERS.filter((file) => file.startsWith(`src/${domain}/`));
  return [
    fence([`src/${domain}/**/*.ts`], [...order, noHttp]),
    fence([`src/${domain}/**/schema.ts`, ...adapters], order),
    fence(
      [`src/${domain}/**/*routes.ts`],
      [...order, noTables],
      [{ name: "drizzle-orm", message: functionsOnly }],
    ),
  ];
};

// Names that standard terms have replaced; CONTRIBUTING.md names some of them.
const DIALECT =
  "asked behind bent door emptied forget forgotten giveBack heard kept keyed lost made place places rival rivals standing taken tell till told touch verb wanted way wayOf ways refusedBy RIVALS RULES shield tellQuotas withdraw demand".split(
    " ",
  );

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "oxc", "promise"],
  options: { typeAware: true },
  categories: { correctness: "error", suspicious: "error" },
  env: { es2024: true },
  // test/clients has packages and a compiler of its own.
  ignorePatterns: ["workers/env.d.ts", ".assets", ".wrangler", "dist", "sdk/src/generated", "test/clients"],
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/return-await": ["error", "in-try-catch"],
    "typescript/no-unsafe-type-assertion": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "import/no-cycle": "error",
    "import/no-duplicates": "error",
    "no-console": "error",
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    // Statements and pages run in order by design.
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    // Workers and vitest expect default exports.
    "import/no-default-export": "off",
    "import/no-unassigned-import": "off",
    "unicorn/no-array-sort": "off",
    "promise/always-return": "off",
    "unicorn/require-module-specifiers": "off",
  },
  overrides: [
    fence(
      FOUNDATION.map((folder) => `src/${folder}/**/*.ts`),
      noDomain(DOMAINS, "platform, http and values import no domain"),
    ),
    fence(
      ["src/platform/**/*.ts"],
      noDomain([...DOMAINS, "http"], "platform imports neither http nor a domain"),
    ),
    fence(
      ["src/values/**/*.ts"],
      noDomain([...DOMAINS, "http", "platform"], "values import nothing else of this project"),
    ),
    fence(["src/*.ts"], []),
    fence(["sdk/src/*.ts"], [{ group: ["../../**"], message: "the SDK imports nothing outside its folder" }]),
    ...DOMAINS.flatMap(fencesOf),
    {
      files: ["src/**/*.ts", "workers/**/*.ts", "sdk/src/**/*.ts"],
      rules: { "id-denylist": ["error", ...DIALECT] },
    },
    {
      files: ["src/platform/log.ts", "scripts/**", "examples/**", "bench/**", "attack/**"],
      rules: { "no-console": "off" },
    },
    {
      files: ["test/**"],
      rules: { "typescript/no-unsafe-type-assertion": "off", "unicorn/consistent-function-scoping": "off" },
    },
  ],
});
