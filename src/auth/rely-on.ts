import type { Context } from "hono";
import type { App } from "../http/app-context.ts";
import { gateBindings } from "../platform/gated-bindings.ts";
import { guardDb, newGuard } from "../platform/guarded-db.ts";
import { Problem, unavailable } from "../platform/problem.ts";
import { countRequest } from "../quota/rate-limit.ts";
import type { Recollection } from "./recollection.ts";

/**
 * Sets a remembered identity, which the first batch of the request confirms; whatever else the request does waits for that. `identify`
 * replaces it if it has changed. False if the quota of the remembered identity is used up: then nothing is set. A request whose shop is
 * set already has been counted.
 */
export async function relyOn(
  c: Context<App>,
  { identity, guard, isUndisclosed = false, publishableScopes = null, discard }: Recollection,
  identify: () => Promise<void>,
): Promise<boolean> {
  const { base, recalled, tenant, actor, publishableScopes: scopesBefore } = c.var;
  const uncount = tenant ? () => undefined : await countOrNull(c, identity);
  if (!uncount) return false;
  base.db.enterShop(identity.tenant.id);
  const guarded = guardDb(base.db, newGuard(guard, isUndisclosed));
  c.set("tenant", identity.tenant);
  c.set("publishableScopes", publishableScopes ?? scopesBefore);
  c.set("actor", identity.actor);
  c.set("base", { ...base, db: guarded.db, env: gateBindings(base.env, guarded) });
  c.set("recalled", {
    isCurrent: guarded.holds,
    revision: guarded.value,
    mayHaveCommitted: guarded.mayHaveCommitted,
    replace: async () => {
      discard();
      uncount();
      // What the aborted run has prepared for after its commit.
      base.outbox.length = 0;
      base.mails.length = 0;
      c.set("base", base);
      c.set("recalled", recalled);
      c.set("tenant", tenant);
      c.set("actor", actor);
      c.set("publishableScopes", scopesBefore);
      await identify();
      if (guarded.mayHaveCommitted())
        throw unavailable(new Error("the identity changed during a failed batch"));
    },
  });
  return true;
}

/** Null where a quota is used up: whether that is to be said depends on whether the credential is still valid. */
async function countOrNull(
  c: Context<App>,
  { tenant, actor }: Recollection["identity"],
): Promise<(() => void) | null> {
  const counted = c.var.quotas.length;
  try {
    return await countRequest(c, tenant, actor);
  } catch (error) {
    if (!(error instanceof Problem && error.slug === "quota-exceeded")) throw error;
    c.var.quotas.splice(counted);
    return null;
  }
}
