// What an erasure removes, folded from what each domain declares. Erased is what describes a person or was said about them;
// what remains of them is their id, in documents that the shop must keep. A test compares this list with the database.
import { sql, type SQL } from "drizzle-orm";
import { personalData as apiKeys } from "../api-keys/personal-data.ts";
import { personalData as audit } from "../audit/personal-data.ts";
import { personalData as auth } from "../auth/personal-data.ts";
import { personalData as cart } from "../cart/personal-data.ts";
import { personalData as catalog } from "../catalog/personal-data.ts";
import { personalData as customers } from "../customers/personal-data.ts";
import { personalData as events } from "../events/personal-data.ts";
import { personalData as idempotency } from "../idempotency/personal-data.ts";
import { personalData as imports } from "../imports/personal-data.ts";
import { personalData as lake } from "../lake/personal-data.ts";
import { personalData as metrics } from "../metrics/personal-data.ts";
import type { ErasureStep, ExportedPart, PersonalData } from "../platform/personal-data.ts";
import { personalData as mail } from "../mail/personal-data.ts";
import { personalData as purchases } from "../purchases/personal-data.ts";
import { personalData as recommendations } from "../recommendations/personal-data.ts";
import { personalData as rollups } from "../rollups/personal-data.ts";
import { personalData as sales } from "../sales/personal-data.ts";
import { personalData as shifts } from "../shifts/personal-data.ts";
import { personalData as taxes } from "../taxes/personal-data.ts";
import { personalData as webhooks } from "../webhooks/personal-data.ts";
import { eraseReimported } from "./reimported.ts";

const erasure: PersonalData = {
  erased: { erasures: "deleted when the erasure is complete" },
  notExported: { erasures: "of accounts that are gone" },
  // Belongs to health, which comes after this domain.
  retained: { clock_runs: "times" },
};

const domains: PersonalData[] = [
  idempotency,
  audit,
  events,
  mail,
  auth,
  apiKeys,
  customers,
  catalog,
  taxes,
  shifts,
  sales,
  purchases,
  cart,
  rollups,
  recommendations,
  imports,
  metrics,
  lake,
  webhooks,
  erasure,
];

const merged = (part: "erased" | "retained" | "notExported"): Record<string, string> =>
  Object.assign({}, ...domains.map((domain) => domain[part]));

/** By table: what an erasure removes. */
export const erased = merged("erased");

/** By table: why its rows stay. */
export const retained = merged("retained");

/** By table: why its rows about a person are not exported. */
export const notExported = merged("notExported");

/** By member of the export: what it has. */
export const exported: Record<string, ExportedPart> = Object.assign(
  {},
  ...domains.map((domain) => domain.exported),
);

/** The statements that delete what belongs to the account alone. `email` is SQL that yields its e-mail. */
export const deleteAccountData = (tenantId: string, userId: string, email: SQL): SQL[] =>
  domains.flatMap(({ withAccount }) => withAccount?.(tenantId, userId, email) ?? []);

// A request in flight may have written after the account's own batch.
const repeatAccountStep: ErasureStep = (_, { tenant_id, user_id, email }) =>
  Promise.resolve({ statements: deleteAccountData(tenant_id, user_id, sql`${email}`), after: null });

const declared: Record<string, ErasureStep> = Object.assign(
  { own: repeatAccountStep, reimported: eraseReimported },
  ...domains.map(({ steps }) => steps),
);

// An erasure in progress resumes by step name: a step inserted before others must be safe to skip.
const ORDER = [
  "own",
  "merges",
  "responses",
  "sales",
  "shifts",
  "events",
  "bought",
  "rejects",
  "reimported",
  "orders",
];

const position = (name: string): number => {
  const index = ORDER.indexOf(name);
  if (index === -1) throw new Error(`the erasure step ${name} has no place in the order`);
  return index;
};

/** The steps of the sweep, in order. */
export const steps: [name: string, step: ErasureStep][] = Object.entries(declared).toSorted(
  ([one], [other]) => position(one) - position(other),
);
