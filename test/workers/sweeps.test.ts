// A sweep goes on until nothing is left, in as many invocations as it needs.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { runSweep, type Sweep } from "../../src/platform/sweeps.ts";
import { newId } from "../../src/values/ids.ts";
import { beginSweep, type SweepName } from "../../workers/sweeps.ts";
import { change } from "../support/change.ts";
import { count } from "../support/d1.ts";
import { consume } from "../support/events.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

const OLD = "2020-01-01T00:00:00.000Z";

const numbers = (length: number): string => JSON.stringify(Array.from({ length }, (_, index) => index));

const backlogs: [SweepName, number, (shop: Shop, rows: number) => Promise<void>, string][] = [
  [
    "replaced-files",
    1_600,
    (shop, rows) =>
      change(
        `INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, dropped_at)
          SELECT ?1, ?1 || '/events/' || value, 'events', '2020-01-01', 0, 0, '', ?2, ?2 FROM json_each(?3)`,
        shop.tenant.id,
        OLD,
        numbers(rows),
      ),
    "SELECT count(*) n FROM lake_files WHERE tenant_id = ?",
  ],
  [
    "expired-keys",
    31_000,
    (shop, rows) =>
      change(
        `INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at)
          SELECT ?1, 'a', 'k' || value, '', '', ?2 FROM json_each(?3)`,
        shop.tenant.id,
        OLD,
        numbers(rows),
      ),
    "SELECT count(*) n FROM idempotency_keys WHERE tenant_id = ?",
  ],
  [
    "missing-sku-keys",
    3_100,
    (shop, rows) =>
      change(
        `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
          SELECT ?1, 'p' || value, 's' || value, 'A book', 1, ?2, ?2 FROM json_each(?3)`,
        shop.tenant.id,
        OLD,
        numbers(rows),
      ),
    "SELECT count(*) n FROM products WHERE tenant_id = ? AND sku_key IS NULL",
  ],
  [
    "stale-products",
    3_100,
    (shop, rows) =>
      change(
        `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
          SELECT ?1, 'p' || value, 's' || value, 'A book', 1, ?2, ?2 FROM json_each(?3)`,
        shop.tenant.id,
        OLD,
        numbers(rows),
      ),
    "SELECT count(*) n FROM products WHERE tenant_id = ? AND indexed_version < text_version",
  ],
  [
    "stale-facets",
    70,
    (shop, rows) =>
      change(
        "INSERT INTO product_facets (tenant_id, first_id) SELECT ?1, 'p' || value FROM json_each(?2)",
        shop.tenant.id,
        numbers(rows),
      ),
    "SELECT count(*) n FROM product_facets WHERE tenant_id = ? AND products IS NULL AND first_id <> ''",
  ],
  [
    "late-deliveries",
    3_100,
    async (shop, rows) => {
      const event = newId();
      await change(
        "INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES (?, ?, 'x', '{}', ?)",
        shop.tenant.id,
        event,
        OLD,
      );
      await change(
        `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, created_at)
          SELECT ?1, 'w' || value, ?2, 's', 'pending', 0, ?3, ?3 FROM json_each(?4)`,
        shop.tenant.id,
        event,
        OLD,
        numbers(rows),
      );
    },
    "SELECT count(*) n FROM webhook_deliveries WHERE tenant_id = ? AND due_at < '2021'",
  ],
  [
    "stale-imports",
    310,
    (shop, rows) =>
      change(
        `INSERT INTO imports (tenant_id, id, kind, status, columns, ignored_columns, bytes_total, bytes_read, actor_id, created_at, progress_at)
          SELECT ?1, 'i' || value, 'sales', 'done', '[]', '[]', 0, 0, 'a', ?2, ?2 FROM json_each(?3)`,
        shop.tenant.id,
        OLD,
        numbers(rows),
      ),
    "SELECT count(*) n FROM imports WHERE tenant_id = ? AND progress_at < '2021'",
  ],
];

describe("a sweep", () => {
  it.each(backlogs)(
    "%s handles %i rows, three times its page and more, in one run",
    async (name, rows, fill, left) => {
      const shop = await newShop();
      await fill(shop, rows);
      expect(await count(left, shop.tenant.id)).toBe(rows);
      const { ctx } = recording(recording(base(), "WEBHOOKS").ctx, "IMPORTS");
      const { ctx: recorded, sent } = recording(ctx, "SWEEPS");
      await beginSweep(recorded, name);
      expect(sent).toEqual([]);
      expect(await count(left, shop.tenant.id)).toBe(0);
    },
  );

  it("that has used its share of D1's statements is continued by a message, where it stopped", async () => {
    const shop = await newShop();
    const [, , fill, left] = backlogs.find(([name]) => name === "expired-keys") ?? [];
    await fill?.(shop, 25_000);
    const { ctx, sent } = recording(base(), "SWEEPS");
    ctx.db.cost.statements = 900;
    await beginSweep(ctx, "expired-keys");
    expect(sent).toEqual([
      { kind: "sweep", name: "expired-keys", after: expect.stringContaining(shop.tenant.id) },
    ]);
    expect(await count(left ?? "", shop.tenant.id)).toBe(15_000);
    expect((await consume("sweeps", sent)).acked).toEqual(["0"]);
    expect(await count(left ?? "", shop.tenant.id)).toBe(0);
  });

  it("is continued by a message from four hundred statements on", async () => {
    for (const [statements, after] of [
      [399, null],
      [400, "next"],
    ] as const) {
      const { ctx, sent } = recording(base(), "SWEEPS");
      const positions: string[] = [];
      const costly: Sweep = async ({ db }, position) => {
        positions.push(position);
        db.cost.statements = statements;
        return positions.length === 1 ? "next" : null;
      };
      await runSweep(ctx, costly, "costly", "begin");
      expect(positions).toEqual(after === null ? ["begin", "next"] : ["begin"]);
      expect(sent).toEqual(after === null ? [] : [{ kind: "sweep", name: "costly", after }]);
    }
  });

  it("that takes long is continued by a message", async () => {
    const { ctx, sent } = recording(base(), "SWEEPS");
    const begin = Date.now();
    const slow: Sweep = async () => {
      await scheduler.wait(100);
      return Date.now() > begin + 60_000 ? null : "";
    };
    await runSweep(ctx, slow, "slow", "", 300);
    expect(sent).toEqual([{ kind: "sweep", name: "slow", after: "" }]);
    expect(Date.now() - begin).toBeLessThan(10_000);
  });

  it("whose name is unknown ends, and one whose page fails is retried", async () => {
    const message = { kind: "sweep", name: "of an earlier version", after: "" };
    expect((await consume("sweeps", [message])).acked).toEqual(["0"]);
    expect(
      (await consume("sweeps", [{ ...message, name: "expired-keys", after: "not a position" }])).retried,
    ).toEqual(["0"]);
    expect(env.SWEEPS).toBeDefined();
  });
});
