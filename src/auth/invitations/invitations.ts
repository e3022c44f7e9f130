// Staff who are invited choose their own password. An invitation is replaced by the next one to the same address.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { idempotentRequest, type Replayable, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { storeMail } from "../../mail/outbox.ts";
import { columnsOf } from "../../platform/columns.ts";
import type { UserCtx, Base, Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { returning, violates } from "../../platform/d1.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { newId } from "../../values/ids.ts";
import { queueMerges } from "../accounts/take-over.ts";
import { newUser } from "../accounts/users.ts";
import { invalidLink, readToken, subjectOf } from "../links/tokens.ts";
import { countAttempt } from "../login/attempts.ts";
import { loginBody } from "../login/login.ts";
import type { Login } from "../login/schema.ts";
import { newSession } from "../login/sessions.ts";
import { factsOfShop, shopFactsColumn } from "../shop-facts.ts";
import { Invitation, type NewInvitation } from "./schema.ts";

type InvitationBody = z.infer<typeof Invitation>;

const LIFETIME_MS = 7 * 24 * 3_600_000;

const idRow = z.object({ id: z.string() });

const emailTaken = (): Problem =>
  new Problem("email-taken", "An account of this shop already has this e-mail. Use another one.");

/** Invites a person to work in the shop. One round trip. @throws Problem email-taken, idempotency-mismatch */
export async function invite(
  ctx: UserCtx,
  input: z.infer<typeof NewInvitation>,
  key: string | undefined,
): Promise<Replayable<InvitationBody>> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { invitation: input });
  return runOnce(ctx, request, Invitation, async () => {
    const invitation: InvitationBody = {
      id: newId(),
      ...input,
      created_at: ctx.now.toISOString(),
      expires_at: new Date(ctx.now.getTime() + LIFETIME_MS).toISOString(),
    };
    const { id, email, role, first_name, last_name, created_at, expires_at } = invitation;
    const isFree = sql`NOT EXISTS (SELECT 1 FROM users WHERE tenant_id = ${ctx.tenant.id} AND email = ${email})`;
    const inserted = returning(
      idRow,
      sql`INSERT INTO invitations (tenant_id, id, email, role, first_name, last_name, invited_by, created_at, expires_at)
        SELECT ${ctx.tenant.id}, ${id}, ${email}, ${role}, ${first_name}, ${last_name}, ${ctx.actor.id}, ${created_at},
          ${expires_at} WHERE ${isFree} RETURNING id`,
    );
    const done = await ctx.db.batch([
      ...storeResponse(ctx.now, request, JSON.stringify(invitation), isFree),
      sql`DELETE FROM invitations WHERE tenant_id = ${ctx.tenant.id} AND email = ${email} AND ${isFree}`,
      inserted,
      audit(ctx, "user.invited", id, { after: sql`json_object('role', ${role})`, when: isFree }),
      storeMail(ctx, ctx.tenant.id, { kind: "invitation", subjectId: id, recipient: email, when: isFree }),
    ]);
    if (done.of(inserted).length === 0) throw emailTaken();
    return invitation;
  });
}

/** The open invitations, newest first. One round trip. @throws Problem invalid-cursor */
export async function listInvitations(ctx: Ctx, query: { limit: number; cursor?: string | undefined }) {
  const [after] = decodeCursor(singleKey, "invitations", ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    Invitation,
    sql`SELECT ${columnsOf(Invitation)} FROM invitations
      WHERE tenant_id = ${ctx.tenant.id} AND expires_at > ${ctx.now.toISOString()}
      ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (last) => encodeCursor("invitations", ctx.tenant.id, [last.id]));
}

/** Withdraws an invitation: its link no longer works. One round trip. @throws Problem not-found */
export async function withdrawInvitation(ctx: UserCtx, id: string): Promise<void> {
  const isInvitation = sql`tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const deleted = returning(idRow, sql`DELETE FROM invitations WHERE ${isInvitation} RETURNING id`);
  const done = await ctx.db.batch([
    audit(ctx, "user.invitation_withdrawn", id, {
      when: sql`EXISTS (SELECT 1 FROM invitations WHERE ${isInvitation})`,
    }),
    deleted,
  ]);
  if (done.of(deleted).length === 0) throw notFound("invitation");
}

const invitedColumns = Invitation.pick({ email: true, role: true, first_name: true, last_name: true });
const invitedRow = invitedColumns.extend({ shop: shopFactsColumn });

/**
 * Opens the account of an invited person and signs them in. Two round trips.
 * @throws Problem invalid-link, email-taken, too-many-attempts
 */
export async function acceptInvitation(
  ctx: Base,
  input: { token: string; password: string },
  address: string,
  device: string | null,
): Promise<z.infer<typeof Login>> {
  await countAttempt(ctx, address);
  const token = readToken(ctx, "invitation", input.token);
  const { tenantId } = token;
  const isOpen = sql`invitations.expires_at > ${ctx.now.toISOString()}`;
  const invitationId = subjectOf(token, sql`invitations`, isOpen);
  const [invited] = await ctx.db.all(
    invitedRow,
    sql`SELECT ${columnsOf(invitedColumns)}, ${factsOfShop(sql`invitations.tenant_id`)} AS shop
      FROM invitations WHERE tenant_id = ${tenantId} AND id = (${invitationId})`,
  );
  if (!invited) throw invalidLink();
  const { role, shop, ...person } = invited;
  const { user, insert } = newUser(ctx.now, tenantId, { ...person, password: input.password }, role, {
    isOwnPassword: true,
    isConfirmed: true,
    when: sql`EXISTS (${invitationId})`,
  });
  const inserted = returning(idRow, insert);
  const isAccepted = sql`EXISTS (SELECT 1 FROM users WHERE tenant_id = ${tenantId} AND id = ${user.id})`;
  const login = newSession(ctx, tenantId, user.id, device, { condition: sql`true` });
  try {
    const done = await ctx.db.batch([
      inserted,
      audit({ ...ctx, tenant: { id: tenantId }, actor: user }, "user.added", user.id, {
        after: sql`json_object('role', ${role}, 'session', ${login.session})`,
        when: isAccepted,
      }),
      sql`DELETE FROM invitations WHERE tenant_id = ${tenantId} AND id = (${invitationId}) AND ${isAccepted}`,
      login.inserted,
      sql`DELETE FROM link_tokens WHERE tenant_id = ${tenantId}
        AND subject_id = (SELECT subject_id FROM link_tokens WHERE ${token.isToken})`,
    ]);
    if (done.of(inserted).length === 0) throw invalidLink();
    queueMerges(ctx);
  } catch (error) {
    throw violates(error, "users.tenant_id") ? emailTaken() : error;
  }
  return loginBody(ctx, { ...user, shop }, login.session, login.refreshToken);
}
