// A person finds the device that shows a code, and approves or denies it. Guesses of codes are limited by person and by address. An
// approval begins the login in its batch, with a refresh token that the device has yet to collect: from then on the login is in the
// list of the person's logins, and whatever ends logins ends this one too.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { networkHash } from "../../quota/network-hash.ts";
import type { UserCtx } from "../../platform/context.ts";
import { returning, type Returning } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { attemptToFind, countAttempt } from "../login/attempts.ts";
import { newSession } from "../login/sessions.ts";
import { firstSecretOf, readUserCode, userCodeHash } from "./codes.ts";
import { DeviceGrant } from "./schema.ts";

const grantRow = DeviceGrant.omit({ is_same_network: true }).extend({
  network_hash: z.string(),
  user_id: z.string().nullable(),
});

type Grant = z.infer<typeof grantRow>;

const unknownDevice = (): Problem =>
  new Problem(
    "not-found",
    "No device of this shop is waiting with this code. Compare it with the one that the device shows, or start again there.",
  );

const isGrant = (ctx: UserCtx, code: string): SQL =>
  sql`tenant_id = ${ctx.tenant.id} AND user_code_hash = ${userCodeHash(ctx.env, ctx.tenant.id, code)}
    AND expires_at > ${ctx.now.toISOString()}`;

const selectGrant = (ctx: UserCtx, code: string): Returning<Grant> =>
  returning(
    grantRow,
    sql`SELECT client_id, label, status, network_hash, user_id, created_at, expires_at FROM device_grants
      WHERE ${isGrant(ctx, code)}`,
  );

/** Runs `look` with the code that a person typed. @throws Problem not-found, too-many-attempts */
async function find<T>(
  ctx: UserCtx,
  typed: string,
  address: string,
  look: (code: string) => Promise<T | null>,
): Promise<T> {
  const code = readUserCode(typed);
  if (code === null) {
    // No guess, but it costs what an unknown one does.
    await look("");
    throw unknownDevice();
  }
  await countAttempt(ctx, address, "user-code");
  const found = await attemptToFind(
    ctx,
    `user-code:${ctx.tenant.id}:${ctx.actor.id}`,
    "to enter a code",
    () => look(code),
  );
  if (found === null) throw unknownDevice();
  return found;
}

function shown(ctx: UserCtx, grant: Grant, address: string): z.infer<typeof DeviceGrant> {
  const { network_hash, user_id: _user, ...shape } = grant;
  return { ...shape, is_same_network: network_hash === networkHash(ctx.env, "device", address) };
}

/** The device that shows this code. One round trip. @throws Problem not-found, too-many-attempts */
export async function getDeviceGrant(
  ctx: UserCtx,
  typed: string,
  address: string,
): Promise<z.infer<typeof DeviceGrant>> {
  const grant = await find(ctx, typed, address, async (code) => {
    const selected = selectGrant(ctx, code);
    return (await ctx.db.batch([selected])).of(selected)[0] ?? null;
  });
  return shown(ctx, grant, address);
}

const decidedRow = z.object({ client_id: z.string() });

/** Whether the login of this request is still active: one that has just ended approves nothing. */
const isSignedIn = (ctx: UserCtx): SQL =>
  sql`EXISTS (SELECT 1 FROM auth_sessions s INDEXED BY auth_sessions_live WHERE s.tenant_id = ${ctx.tenant.id}
    AND s.user_id = ${ctx.actor.id} AND s.family = ${ctx.actor.session} AND s.used_at IS NULL AND s.revoked_at IS NULL)
    AND EXISTS (SELECT 1 FROM users u WHERE u.tenant_id = ${ctx.tenant.id} AND u.id = ${ctx.actor.id} AND u.is_active = 1)`;

// The length is that of `newSession`.
const DEVICE_NAME = sql.raw("substr(iif(label = '', client_id, label || ' (' || client_id || ')'), 1, 200)");

/** The statements that decide about the device, and its state before. Another decision, or a code of no device, changes nothing. */
function decision(ctx: UserCtx, code: string, status: "approved" | "denied") {
  const before = selectGrant(ctx, code);
  const ofGrant = (column: SQL): SQL =>
    sql`(SELECT ${column} FROM device_grants WHERE ${isGrant(ctx, code)})`;
  const begun = newSession(ctx, ctx.tenant.id, ctx.actor.id, ofGrant(DEVICE_NAME), {
    condition: sql`EXISTS (SELECT 1 FROM device_grants g WHERE g.tenant_id = users.tenant_id AND g.user_code_hash =
      ${userCodeHash(ctx.env, ctx.tenant.id, code)} AND g.session_id = family)`,
    secretOf: (session) => firstSecretOf(ctx.env, session),
    // Until the device collects the login.
    expiresAt: ofGrant(sql`expires_at`),
  });
  const isApproved = status === "approved";
  const session = isApproved ? begun.session : null;
  const decided = returning(
    decidedRow,
    sql`UPDATE device_grants SET status = ${status}, user_id = ${ctx.actor.id}, session_id = ${session}
      WHERE ${isGrant(ctx, code)} AND status = 'pending' AND ${isSignedIn(ctx)} RETURNING client_id`,
  );
  const action = isApproved ? "user.device_approved" : "user.device_denied";
  const after = sql`json_object('session', ${session})`;
  const entry = audit(ctx, action, ctx.actor.id, {
    when: sql`changes() = 1`,
    ...(isApproved ? { after } : {}),
  });
  return { before, decided, statements: [before, decided, entry, ...(isApproved ? [begun.inserted] : [])] };
}

/**
 * Approves or denies a device; the first decision counts, and the same person may repeat theirs. One round trip.
 * @throws Problem not-found, device-decided, too-many-attempts
 */
export async function decideDeviceGrant(
  ctx: UserCtx,
  typed: string,
  status: "approved" | "denied",
  address: string,
): Promise<z.infer<typeof DeviceGrant>> {
  const { grant, isDecidedNow } = await find(ctx, typed, address, async (code) => {
    const { before, decided, statements } = decision(ctx, code, status);
    const done = await ctx.db.batch(statements);
    const [found] = done.of(before);
    return found ? { grant: found, isDecidedNow: done.of(decided).length === 1 } : null;
  });
  const isRepeated = grant.status === status && grant.user_id === ctx.actor.id;
  if (isDecidedNow || isRepeated) return shown(ctx, { ...grant, status }, address);
  throw new Problem(
    "device-decided",
    "This device has already been approved or denied. To sign it in, start again there.",
  );
}
