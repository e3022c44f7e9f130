// Opens a shop in an environment where sign-up is closed: the operator runs the code of POST /tenants on the environment's database.
import { openTenant } from "../src/auth/shops/tenants.ts";
import { NewTenant } from "../src/auth/shops/schema.ts";
import { openSharedDb } from "../src/platform/d1.ts";
import { startTrace } from "../src/platform/trace.ts";
import type { Base } from "../src/platform/context.ts";
import { environmentOptions, openEnvironment } from "./backup/environment.ts";
import { readEnvironment, runCommand, UsageError } from "./cli.mjs";
import { askPassword } from "./terminal.mjs";

const usage = `npm run open-shop -- --slug SLUG --name NAME --email E-MAIL --first-name NAME --last-name NAME
                     [--currency EUR] [--timezone Europe/Madrid] [--env staging|production] [--dry-run]

Opens a shop with its first ADMIN, although SIGNUP is closed. The ADMIN's password is read from MOSTRADOR_PASSWORD, or
prompted for. Without --env the shop is opened in the database of npm run dev; --state names another local one.
--dry-run  checks the input and prints what would be opened; connects to nothing`;

const options = {
  ...environmentOptions,
  slug: { type: "string" },
  name: { type: "string" },
  email: { type: "string" },
  "first-name": { type: "string" },
  "last-name": { type: "string" },
  currency: { type: "string", default: "EUR" },
  timezone: { type: "string", default: "Europe/Madrid" },
  "dry-run": { type: "boolean", default: false },
} as const;

/** A context for work outside a request. `SIGNUP` is open here, whatever the environment sets. */
const operatorContext = (DB: D1Database): Base => {
  const variables: Partial<Env> = { DB, SIGNUP: "open", AUTH_SIGNING_KEY: "" };
  return {
    db: openSharedDb({ DB }, "first-primary"),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- opening a shop reads these variables only
    env: variables as Env,
    now: new Date(),
    requestId: null,
    trace: startTrace(undefined, null),
    outbox: [],
    mails: [],
    waitUntil: () => {},
  };
};

await runCommand({ usage, options }, async ({ values }) => {
  const env = readEnvironment(values.env);
  for (const name of ["slug", "name", "email", "first-name", "last-name"] as const)
    if (values[name] === undefined) throw new UsageError(`--${name} is missing.`);
  const isDryRun = values["dry-run"];
  const password =
    process.env["MOSTRADOR_PASSWORD"] ??
    (isDryRun ? "not asked in a dry run" : await askPassword(`Password for ${values.email}: `));
  const shop = NewTenant.safeParse({
    slug: values.slug,
    name: values.name,
    currency: values.currency,
    timezone: values.timezone,
    admin: {
      email: values.email,
      password,
      first_name: values["first-name"],
      last_name: values["last-name"],
    },
  });
  if (!shop.success) {
    const [issue] = shop.error.issues;
    throw new Error(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { slug, name, currency, timezone, admin } = shop.data;
  const summary = `"${slug}" (${name}, ${currency}, ${timezone}) with the ADMIN ${admin.email} in ${env ?? "the local database"}`;
  if (isDryRun) {
    console.log(`Dry run: nothing is changed. Would open ${summary}.`);
    return;
  }
  const environment = await openEnvironment({ env, state: values.state });
  try {
    await openTenant(operatorContext(environment.db), shop.data, undefined);
    console.log(`Opened ${summary}.`);
  } finally {
    await environment.close();
  }
});
