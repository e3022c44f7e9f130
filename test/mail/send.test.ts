import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { composers } from "../../src/mail-composers.ts";
import { deleteOldMails, sendLateMails, type MailJob } from "../../src/mail/jobs.ts";
import { monitoredJobs } from "../../src/mail/monitored-jobs.ts";
import { mailsInLastHour, queueMails, storeMail } from "../../src/mail/outbox.ts";
import { UndeliverableError } from "../../src/mail/provider.ts";
import type { MailKind } from "../../src/mail/schema.ts";
import { sendMail, type Composers } from "../../src/mail/send.ts";
import type { Base } from "../../src/platform/context.ts";
import { firstIdAt, newId } from "../../src/values/ids.ts";
import { API, call } from "../support/client.ts";
import { between, rowsOf } from "../support/d1.ts";
import { rejectingBinding } from "../support/failing-bindings.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

const RECIPIENT = "ana@example.com";

/** Stores a mail of a shop and returns its first job. */
async function stored({ tenant, admin }: Shop, causeId?: string): Promise<MailJob> {
  const ctx = base();
  const cause = causeId === undefined ? {} : { causeId };
  const mail = { kind: "email.changed" as const, subjectId: admin.id, recipient: RECIPIENT, ...cause };
  await ctx.db.batch([storeMail(ctx, tenant.id, mail)]);
  const [job] = ctx.mails;
  if (!job) throw new Error("no job");
  return job;
}

const mailsOf = ({ tenant }: Shop) =>
  rowsOf("SELECT status, attempts, last_error FROM mails WHERE tenant_id = ?", tenant.id);

const files = async (): Promise<number> => (await env.FILES.list({ prefix: "dev-mail/" })).objects.length;

const failing: Composers = {
  ...composers,
  "email.changed": () => Promise.reject(new Error("the provider is down")),
};

const later = (ctx: Base, minutes: number): Base => ({
  ...ctx,
  now: new Date(ctx.now.getTime() + minutes * 60_000),
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a mail", () => {
  it("is sent once, however often its message comes", async () => {
    const shop = await newShop();
    const job = await stored(shop);
    const before = await files();
    await Promise.all([1, 2, 3].map(() => sendMail(base(), composers, job)));
    expect(await files()).toBe(before + 1);
    expect(await mailsOf(shop)).toEqual([{ status: "sent", attempts: 1, last_error: null }]);
  });

  it("is stored once for each cause and recipient", async () => {
    const shop = await newShop();
    await stored(shop, "the event");
    await stored(shop, "the event");
    await stored(shop, "another event");
    expect(await mailsOf(shop)).toHaveLength(2);
  });

  it("counts for an hour among those of its kind and recipient in its shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const ctx = base();
    const mail = { kind: "email.changed" as const, subjectId: shop.admin.id, recipient: RECIPIENT };
    await ctx.db.batch([
      storeMail(ctx, shop.tenant.id, mail),
      storeMail(ctx, shop.tenant.id, { ...mail, recipient: "eva@example.com" }),
      storeMail(ctx, shop.tenant.id, { ...mail, kind: "password.reset" }),
      storeMail(ctx, other.tenant.id, mail),
    ]);
    const counted = async (minutes: number, subjectId?: string) => {
      const at = later(ctx, minutes);
      const count = mailsInLastHour(at, shop.tenant.id, "email.changed", RECIPIENT, subjectId);
      return (await at.db.all(z.object({ n: z.number() }), sql`SELECT ${count} AS n`))[0]?.n;
    };
    expect([await counted(0), await counted(59), await counted(61)]).toEqual([1, 1, 0]);
    expect([await counted(0, shop.admin.id), await counted(0, other.admin.id)]).toEqual([1, 0]);
  });

  it("counts up to the millisecond at which it is an hour old", async () => {
    const shop = await newShop();
    const ctx = base();
    const mail = { kind: "email.changed" as const, subjectId: shop.admin.id, recipient: RECIPIENT };
    await ctx.db.batch([storeMail(ctx, shop.tenant.id, { ...mail, id: `${firstIdAt(ctx.now)}-7000` })]);
    const counted = async (ms: number) => {
      const at = { ...ctx, now: new Date(ctx.now.getTime() + ms) };
      const count = mailsInLastHour(at, shop.tenant.id, "email.changed", RECIPIENT);
      return (await at.db.all(z.object({ n: z.number() }), sql`SELECT ${count} AS n`))[0]?.n;
    };
    expect([await counted(3_600_000), await counted(3_600_001)]).toEqual([1, 0]);
  });

  it("is in the queue once its batch is committed, and a queue that refuses it is logged", async () => {
    const shop = await newShop();
    const works: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>) => void works.push(work);
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const { ctx, sent } = recording({ ...base(), waitUntil }, "MAILS");
    const mail = { kind: "email.changed" as const, subjectId: shop.admin.id, recipient: RECIPIENT };
    const store = (into: Base) => into.db.batch([storeMail(into, shop.tenant.id, mail)]);
    await store(ctx);
    const jobs = [...ctx.mails];
    queueMails(ctx);
    queueMails(ctx);
    await Promise.all(works);
    expect(sent).toEqual(jobs);
    expect(sent).toHaveLength(1);
    expect(logged).not.toHaveBeenCalled();
    const refusing = rejectingBinding(env.MAILS, new Error("the queue is down"));
    const broken = { ...base(), waitUntil, env: { ...env, MAILS: refusing } };
    await store(broken);
    queueMails(broken);
    await Promise.all(works);
    expect(String(logged.mock.calls[0])).toMatch(/"what":"mail queue".*the queue is down/);
  });

  it("is not stored if its batch fails", async () => {
    const shop = await newShop();
    const ctx = base();
    const mail = { kind: "email.changed" as const, subjectId: shop.admin.id, recipient: RECIPIENT };
    const batch = ctx.db.batch([
      storeMail(ctx, shop.tenant.id, mail),
      sql`INSERT INTO users (id) VALUES ('x')`,
    ]);
    await expect(batch).rejects.toThrow("NOT NULL");
    expect(await mailsOf(shop)).toEqual([]);
    for (const job of ctx.mails) await sendMail(base(), composers, job);
  });

  it("is repeated after a failure, with longer and longer pauses, and fails in the end", async () => {
    const shop = await newShop();
    const ctx = base();
    let job: MailJob = await stored(shop);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await sendMail(ctx, failing, job);
      const [row] = await mailsOf(shop);
      expect(row).toEqual({
        status: attempt === 6 ? "failed" : "pending",
        attempts: attempt,
        last_error: "the provider is down",
      });
      const [due] = await rowsOf("SELECT due_at FROM mails WHERE id = ?", job.mail_id);
      waits.push((Date.parse(String(due?.["due_at"])) - ctx.now.getTime()) / 60_000);
      job = { ...job, attempts: attempt };
    }
    // After the last attempt, the time until which it was claimed remains.
    expect(waits).toEqual([1, 5, 30, 120, 720, 5]);
    await sendMail(ctx, composers, job);
    expect(await mailsOf(shop)).toMatchObject([{ status: "failed" }]);
  });

  it("that is sent after a failure has no error any more", async () => {
    const shop = await newShop();
    const job = await stored(shop);
    await sendMail(base(), failing, job);
    expect(await mailsOf(shop)).toMatchObject([{ status: "pending", last_error: "the provider is down" }]);
    await sendMail(base(), composers, { ...job, attempts: 1 });
    expect(await mailsOf(shop)).toEqual([{ status: "sent", attempts: 2, last_error: null }]);
  });

  it("fails and is sent again without a change of the shop's other mails", async () => {
    const shop = await newShop();
    const job = await stored(shop);
    const others = [await stored(shop), await stored(shop)];
    const all = () =>
      rowsOf(
        "SELECT id, status, attempts, last_error, due_at FROM mails WHERE tenant_id = ? AND id <> ? ORDER BY id",
        shop.tenant.id,
        job.mail_id,
      );
    await rowsOf("UPDATE mails SET status = 'failed', last_error = 'x' WHERE id = ?", others[0]?.mail_id);
    const before = await all();
    expect(before).toHaveLength(2);
    await sendMail(later(base(), 1), failing, job);
    expect(await all()).toEqual(before);
    await rowsOf("UPDATE mails SET status = 'failed' WHERE id = ?", job.mail_id);
    const path = `${API}/mails/${job.mail_id}/retry`;
    const answer = await call("POST", path, { token: shop.admin.token });
    expect([answer.status, answer.body.id, answer.body.status]).toEqual([202, job.mail_id, "pending"]);
    expect(await all()).toEqual(before);
  });

  it("is queued again by the sweep when its message was lost or its consumer died, and not before it is due", async () => {
    const shop = await newShop();
    const job = await stored(shop);
    const of = (sent: unknown[]) => sent.filter((each) => (each as MailJob).mail_id === job.mail_id);
    const early = recording(base(), "MAILS");
    await sendLateMails(early.ctx);
    expect(of(early.sent)).toEqual([]);
    const late = recording(later(base(), 2), "MAILS");
    await sendLateMails(late.ctx);
    expect(of(late.sent)).toEqual([job]);
    await rowsOf(
      "UPDATE mails SET attempts = 1, due_at = ? WHERE id = ?",
      new Date().toISOString(),
      job.mail_id,
    );
    const dead = recording(later(base(), 6), "MAILS");
    await sendLateMails(dead.ctx);
    expect(of(dead.sent)).toEqual([{ ...job, attempts: 1 }]);
  });

  it("is queued by the sweep one minute after it was due", async () => {
    const shop = await newShop();
    const job = await stored(shop);
    const due = Date.now();
    await rowsOf("UPDATE mails SET due_at = ? WHERE id = ?", new Date(due).toISOString(), job.mail_id);
    const sweptAfter = async (ms: number) => {
      const { ctx, sent } = recording({ ...base(), now: new Date(due + ms) }, "MAILS");
      await sendLateMails(ctx);
      return sent.filter((each) => (each as MailJob).mail_id === job.mail_id);
    };
    expect(await sweptAfter(60_000)).toEqual([]);
    expect(await sweptAfter(60_001)).toEqual([job]);
  });

  it("that is late is queued with the others, a thousand a page, until none is left", async () => {
    const shop = await newShop();
    await rowsOf("UPDATE mails SET status = 'sent'");
    await rowsOf(
      `WITH RECURSIVE n(nth) AS (SELECT 1 UNION ALL SELECT nth + 1 FROM n WHERE nth < 1001)
        INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
        SELECT ?1, nth, 'receipt', '', nth, ?2, ?3, ?3 FROM n`,
      shop.tenant.id,
      RECIPIENT,
      new Date(Date.now() - 3_600_000).toISOString(),
    );
    const { ctx, sent } = recording(base(), "MAILS");
    expect(await sendLateMails(ctx)).toBe("");
    expect(sent).toHaveLength(1000);
    expect(await sendLateMails(ctx)).toBeNull();
    expect(new Set(sent.map((each) => (each as MailJob).mail_id)).size).toBe(1001);
  });

  it("fails at once where mail is not configured", async () => {
    const shop = await newShop();
    const job = await stored(shop);
    const ctx = base();
    const sent: unknown[] = [];
    const EMAIL = {
      send: (message: unknown) => {
        sent.push(message);
        return Promise.resolve({ messageId: "1" });
      },
    };
    await sendMail({ ...ctx, env: { ...ctx.env, EMAIL, MAIL_PROVIDER: "none" } }, composers, job);
    expect(await mailsOf(shop)).toMatchObject([{ status: "failed", attempts: 1 }]);
    expect(sent).toEqual([]);
  });

  it("whose attempt fails is in the log with the reason, unless its address or the configuration is at fault", async () => {
    const shop = await newShop();
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const long = `the provider is down ${"x".repeat(300)}`;
    const failingWith = (failure: Error): Composers => ({
      ...composers,
      "email.changed": () => Promise.reject(failure),
    });
    await sendMail(base(), failingWith(new UndeliverableError("no address")), await stored(shop));
    expect(logged).not.toHaveBeenCalled();
    await sendMail(base(), failingWith(new Error(long)), await stored(shop));
    expect(logged.mock.calls.map(String)).toEqual([
      expect.stringMatching(/"what":"mail".*the provider is down/),
    ]);
    expect((await mailsOf(shop)).map(({ last_error }) => last_error)).toEqual([
      "no address",
      long.slice(0, 300),
    ]);
  });

  it("is attempted again if its outcome could not be stored", async () => {
    const shop = await newShop();
    const job = await stored(shop);
    const broken = between(base(), {
      before: async (nth) => {
        if (nth > 1) throw new Error("the database is down");
      },
    });
    await expect(sendMail(broken, composers, job)).rejects.toThrow("the database is down");
    expect(await mailsOf(shop)).toMatchObject([{ status: "pending", attempts: 1 }]);
  });

  it("is answered to the address of its shop, if that has one", async () => {
    const shop = await newShop();
    const sendOne = async () => {
      const job = await stored(shop);
      const sent: object[] = [];
      const EMAIL = {
        send: (message: object) => {
          sent.push(message);
          return Promise.resolve({ messageId: "1" });
        },
      };
      const ctx = base();
      const env = { ...ctx.env, MAIL_PROVIDER: "cloudflare", MAIL_FROM: "no-reply@example.com", EMAIL };
      await sendMail({ ...ctx, env }, composers, job);
      return sent[0];
    };
    expect(await sendOne()).not.toHaveProperty("replyTo");
    await rowsOf("UPDATE tenants SET email = 'sol@example.com' WHERE id = ?", shop.tenant.id);
    expect(await sendOne()).toMatchObject({ replyTo: "sol@example.com", to: RECIPIENT });
  });

  it("has the time at which it was sent, which one that was not sent does not have", async () => {
    const shop = await newShop();
    const [sent, skipped, failed] = [await stored(shop), await stored(shop), await stored(shop)];
    await sendMail(base(), composers, sent);
    const nothing: Composers = { ...composers, "email.changed": () => Promise.resolve(null) };
    await sendMail(base(), nothing, skipped);
    const ctx = base();
    await sendMail({ ...ctx, env: { ...ctx.env, MAIL_PROVIDER: "none" } }, composers, failed);
    const { body } = await call("GET", `${API}/mails`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { id: failed.mail_id, status: "failed", sent_at: null },
      { id: skipped.mail_id, status: "skipped", sent_at: null },
      { id: sent.mail_id, status: "sent", sent_at: expect.any(String) },
    ]);
  });

  it("goes through Email Service with the shop's name, and an address that refuses it is not tried again", async () => {
    const shop = await newShop();
    const sent: unknown[] = [];
    const codes = ["", "E_RECIPIENT_SUPPRESSED", "E_RATE_LIMIT_EXCEEDED"];
    const outcomes = [];
    for (const code of codes) {
      const job = await stored(shop);
      const EMAIL = {
        send: (message: unknown) => {
          sent.push(message);
          return code === ""
            ? Promise.resolve({ messageId: "1" })
            : Promise.reject(Object.assign(new Error(), { code }));
        },
      };
      const ctx = base();
      const env = { ...ctx.env, MAIL_PROVIDER: "cloudflare", MAIL_FROM: "no-reply@example.com", EMAIL };
      await sendMail({ ...ctx, env }, composers, job);
      const [row] = await rowsOf("SELECT status FROM mails WHERE id = ?", job.mail_id);
      outcomes.push(row?.["status"]);
    }
    expect(outcomes).toEqual(["sent", "failed", "pending"]);
    expect(sent[0]).toMatchObject({
      from: { email: "no-reply@example.com", name: "Test shop" },
      to: RECIPIENT,
    });
  });
});

describe("the log of mails", () => {
  it("has those of a recipient, of a kind and about a subject, newest first, in pages", async () => {
    const shop = await newShop();
    const store = async (kind: MailKind, recipient: string, subjectId: string) => {
      const ctx = base();
      const id = newId();
      await ctx.db.batch([storeMail(ctx, shop.tenant.id, { id, kind, recipient, subjectId })]);
      return id;
    };
    const receipt = await store("receipt", RECIPIENT, "sale");
    const toEva = await store("receipt", "eva@example.com", "sale");
    const other = await store("receipt", RECIPIENT, "another sale");
    const order = await store("order.placed", RECIPIENT, "sale");
    await rowsOf("UPDATE mails SET status = 'sent' WHERE id = ?", other);
    const list = async (query: string) => {
      const { body } = await call("GET", `${API}/mails?${query}`, { token: shop.admin.token });
      return { ids: body.data.map(({ id }: { id: string }) => id), next: body.next_cursor };
    };
    const all = [order, other, toEva, receipt];
    for (const [query, ids] of [
      ["", all],
      [`recipient=${RECIPIENT}`, [order, other, receipt]],
      [`recipient=${RECIPIENT}&kind=receipt`, [other, receipt]],
      ["about=sale", [order, toEva, receipt]],
      [`about=sale&recipient=${RECIPIENT}`, [order, receipt]],
      ["about=sale&kind=receipt", [toEva, receipt]],
      ["status=sent", [other]],
      ["status=pending&kind=order.placed", [order]],
    ] as const)
      expect([query, (await list(query)).ids]).toEqual([query, ids]);
    const first = await list("limit=3");
    expect(first.ids).toEqual(all.slice(0, 3));
    expect(await list(`limit=3&cursor=${first.next}`)).toEqual({ ids: [receipt], next: null });
    const mine = await list(`limit=2&recipient=${RECIPIENT}`);
    expect((await list(`limit=2&recipient=${RECIPIENT}&cursor=${mine.next}`)).ids).toEqual([receipt]);
  });

  it("continues with the filters with which it began, and with no others", async () => {
    const shop = await newShop();
    for (const cause of ["one", "two"]) await stored(shop, cause);
    const get = (query: string) => call("GET", `${API}/mails?limit=1&${query}`, { token: shop.admin.token });
    const filters = [
      "",
      "status=pending",
      "kind=email.changed",
      `recipient=${RECIPIENT}`,
      `about=${shop.admin.id}`,
    ];
    for (const filter of filters) {
      const { next_cursor: cursor } = (await get(filter)).body;
      for (const other of filters) {
        const { status, body } = await get(`${other}&cursor=${cursor}`);
        expect([filter, other, status, body.type]).toEqual(
          other === filter
            ? [filter, other, 200, undefined]
            : [filter, other, 422, "/problems/invalid-cursor"],
        );
      }
    }
  });
});

it("a provider without its binding is a configuration that no repetition mends", async () => {
  const shop = await newShop();
  const job = await stored(shop);
  const ctx = base();
  const { EMAIL: _, ...bindings } = ctx.env;
  await sendMail({ ...ctx, env: { ...bindings, MAIL_PROVIDER: "cloudflare" } }, composers, job);
  expect(await mailsOf(shop)).toEqual([
    {
      status: "failed",
      attempts: 1,
      last_error: "mail is not configured: set MAIL_PROVIDER and MAIL_FROM",
    },
  ]);
});

it("a mail that is due only later is not waited for", async () => {
  const shop = await newShop();
  const job = await stored(shop);
  const waiting = async (due: number) => {
    await rowsOf("UPDATE mails SET status = 'sent' WHERE id <> ?", job.mail_id);
    await rowsOf(
      "UPDATE mails SET due_at = ? WHERE id = ?",
      new Date(Date.now() + due).toISOString(),
      job.mail_id,
    );
    const { waiting: query } = monitoredJobs.unsent_mail_seconds;
    const [row] = await base().db.all(z.object({ n: z.number().nullable() }), sql`SELECT (${query}) AS n`);
    return row?.n;
  };
  expect(await waiting(3_600_000)).toBeNull();
  expect(await waiting(-3_600_000)).toBeGreaterThanOrEqual(3600);
});

it("mails that ended are deleted from the log after ninety days, and those that are pending stay", async () => {
  const shop = await newShop();
  const [sent, pending, recent] = [await stored(shop), await stored(shop), await stored(shop)];
  const ctx = base();
  const at = (ms: number) => new Date(ctx.now.getTime() - 90 * 86_400_000 + ms).toISOString();
  const set = (job: MailJob, status: string, ms: number) =>
    rowsOf("UPDATE mails SET status = ?, created_at = ? WHERE id = ?", status, at(ms), job.mail_id);
  await set(sent, "sent", -1);
  await set(pending, "pending", -1);
  await set(recent, "failed", 0);
  await deleteOldMails(ctx);
  expect(await rowsOf("SELECT id FROM mails WHERE tenant_id = ? ORDER BY id", shop.tenant.id)).toEqual([
    { id: pending.mail_id },
    { id: recent.mail_id },
  ]);
});
