// The rules of sales that are not yet in the shop: what waits, what a person decides, and what is sent.
import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { ConnectionError, Problem } from "../../../sdk/src/index.ts";
import type { UnsentSale } from "../../../web/src/offline/rules.ts";
import type { Journeys } from "../support/journeys.ts";
import "../support/sdk-alias.ts";

const { drain } = await import("../../../web/src/offline/drain.ts");
const { owedBy, requestOf, waitsAfter } = await import("../../../web/src/offline/rules.ts");

const NOW = Date.parse("2026-11-27T18:00:00Z");
const HOUR_MS = 3_600_000;

const hoursAgo = (hours: number): string => new Date(NOW - hours * HOUR_MS).toISOString();

const saleOf = (client_id: string, change: Partial<UnsentSale> = {}): UnsentSale => ({
  client_id,
  account: "shop/ana",
  seller: "Ana",
  sold_at: hoursAgo(1),
  currency: "EUR",
  total: 1000,
  body: { items: [{ product_id: "p", quantity: 1, unit_price: 1000 }] },
  state: "waiting",
  refusal: null,
  ...change,
});

const problem = (status: number, members: object = { type: "/problems/some" }): Problem =>
  new Problem(new Response(null, { status }), members);

const lost = new ConnectionError("lost", null, null);

/** Drains these sales with a server that answers each client_id as given; an id that is not given is sold. */
async function drained(sales: UnsentSale[], answers: Record<string, unknown> = {}, account = "shop/ana") {
  const stored = new Map(sales.map((sale) => [sale.client_id, sale]));
  const sent: string[] = [];
  const isDone = await drain({
    outbox: {
      list: async () => [...stored.values()],
      put: async (sale) => void stored.set(sale.client_id, sale),
      remove: async (id) => void stored.delete(id),
    },
    send: async ({ client_id = "" }) => {
      sent.push(client_id);
      if (answers[client_id] !== undefined) throw answers[client_id];
    },
    isSignedInAs: (one) => one === account,
    exclusively: (_, work) => work(),
    now: () => NOW,
  });
  return { isDone, sent, left: [...stored.values()].map(({ client_id, state }) => `${client_id} ${state}`) };
}

export const journeys: Journeys = () => {
  void test("a sale waits where the same request may succeed later, and any other refusal is shown to a person", () => {
    const waiting = [lost, ...[401, 408, 425, 429, 500, 502, 503].map((status) => problem(status))];
    const refused = [
      ...[400, 403, 404, 409, 413, 422].map((status) => problem(status)),
      new Error("a defect"),
    ];
    deepStrictEqual(
      waiting.map((error) => waitsAfter(error, hoursAgo(1), NOW)),
      waiting.map(() => true),
    );
    deepStrictEqual(
      refused.map((error) => waitsAfter(error, hoursAgo(1), NOW)),
      refused.map(() => false),
    );
    // The page of a proxy is not an answer of the shop.
    deepStrictEqual(waitsAfter(problem(404, {}), hoursAgo(1), NOW), true);
  });

  void test("a sale of a clock that is fast waits for its time, and one of more than a week ago is sent without it", () => {
    const early = problem(422, { type: "/problems/invalid", errors: [{ pointer: "#/sold_at", detail: "" }] });
    deepStrictEqual(waitsAfter(early, hoursAgo(-1), NOW), true);
    const other = problem(422, {
      type: "/problems/invalid",
      errors: [
        { pointer: "#/sold_at", detail: "" },
        { pointer: "#/items/0/quantity", detail: "" },
      ],
    });
    deepStrictEqual(waitsAfter(other, hoursAgo(-1), NOW), false);
    deepStrictEqual(requestOf(saleOf("a"), NOW).sold_at, hoursAgo(1));
    const old = requestOf(saleOf("a", { sold_at: hoursAgo(24 * 8) }), NOW);
    deepStrictEqual([old.sold_at, old.offline, old.client_id], [undefined, true, "a"]);
  });

  void test("sales are sent in the order in which they were made, up to the first that the server cannot take", async () => {
    const sales = [saleOf("c", { sold_at: hoursAgo(1) }), saleOf("a", { sold_at: hoursAgo(3) })];
    sales.push(saleOf("b", { sold_at: hoursAgo(2) }));
    deepStrictEqual(await drained(sales), { isDone: true, sent: ["a", "b", "c"], left: [] });
    deepStrictEqual(await drained(sales, { b: lost }), {
      isDone: false,
      sent: ["a", "b"],
      left: ["c waiting", "b waiting"],
    });
  });

  void test("a refused sale stays, and does not hold up the others", async () => {
    const sales = [saleOf("a", { sold_at: hoursAgo(3) }), saleOf("b")];
    const result = await drained(sales, { a: problem(422) });
    deepStrictEqual(result, { isDone: true, sent: ["a", "b"], left: ["a refused"] });
  });

  void test("only what waits is sent, and only by the login of its seller", async () => {
    const sales = [
      saleOf("a", { state: "refused" }),
      saleOf("b", { state: "manager" }),
      saleOf("c", { account: "shop/eva" }),
    ];
    deepStrictEqual((await drained(sales)).sent, []);
    deepStrictEqual((await drained(sales, {}, "shop/eva")).sent, ["c"]);
  });

  void test("a seller answers for what waits or is refused, until a manager takes it", () => {
    const sales = [
      saleOf("a"),
      saleOf("b", { state: "refused" }),
      saleOf("c", { state: "manager" }),
      saleOf("d", { account: "shop/eva" }),
    ];
    deepStrictEqual(
      owedBy(sales, "shop/ana").map(({ client_id }) => client_id),
      ["a", "b"],
    );
  });
};
