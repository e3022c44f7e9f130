import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  continueTrace,
  encodeTrace,
  startTrace,
  traceMessages,
  traceparentOf,
} from "../../src/platform/trace.ts";
import { queue } from "../../workers/queue.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { recordingQueue, until } from "../support/queues.ts";
import { newProduct, newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { attempt, newEndpoint, requestsTo } from "../support/webhooks.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

let lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines = [];
  const capture = (line: unknown): void => void lines.push(JSON.parse(String(line)));
  for (const level of ["log", "error", "warn"] as const) vi.spyOn(console, level).mockImplementation(capture);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a traceparent", () => {
  it("is continued: the trace and its flags stay, and each work has its own id", () => {
    const trace = startTrace(TRACEPARENT, null);
    expect(traceparentOf(trace)).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(trace.spanId).not.toBe(PARENT);
    const id = crypto.randomUUID();
    const next = continueTrace(encodeTrace({ ...trace, requestId: id }));
    expect([next.traceId, next.flags, next.requestId]).toEqual([TRACE, "01", id]);
    expect(next.spanId).not.toBe(trace.spanId);
  });

  it.each([
    "",
    "garbage",
    TRACEPARENT.toUpperCase(),
    `ff${TRACEPARENT.slice(2)}`,
    `00-${"0".repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${PARENT}`,
    `${TRACEPARENT}-more`,
    `${TRACEPARENT}\n`,
    ` ${TRACEPARENT}`,
    "0".repeat(100_000),
  ])("that is malformed (%#) begins a new trace", (text) => {
    for (const { traceId, flags } of [startTrace(text, null), continueTrace(text)]) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect([traceId === TRACE, flags]).toEqual([false, "00"]);
    }
  });

  it("travels with a request id only if that is a UUID", () => {
    for (const id of ["ana@example.com", "my-id-1", "x".repeat(255), `${crypto.randomUUID()} more`]) {
      expect(startTrace(TRACEPARENT, id).requestId).toBeNull();
      expect(continueTrace(`${TRACEPARENT} ${id}`).requestId).not.toBe(id);
    }
    for (const text of [undefined, null, 7, {}]) expect(continueTrace(text).requestId).toBeNull();
  });
});

it("a message that is no object is sent as it is", async () => {
  const { queue: WEBHOOKS, sent } = recordingQueue();
  const traced = traceMessages({ ...env, WEBHOOKS }, startTrace(TRACEPARENT, null));
  for (const body of [["a"], "a", null]) await traced.WEBHOOKS.send(body);
  expect(sent).toEqual([["a"], "a", null]);
});

describe("the trace of a request", () => {
  it("reaches its events, the message of their delivery, and the endpoint", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "200", ["sale.completed"]);
    const { id } = await newProduct(shop);
    const requestId = crypto.randomUUID();
    const { queue: webhooks, sent } = recordingQueue();
    const sale = await callWith({ WEBHOOKS: webhooks }, "POST", `${API}/sales`, {
      token: shop.admin.token,
      headers: { traceparent: TRACEPARENT, "x-request-id": requestId },
      json: { items: [{ product_id: id, quantity: 1 }] },
    });
    expect(sale.status).toBe(201);
    expect(sent).toHaveLength(1);
    const [message] = sent;
    expect(message).toMatchObject({
      kind: "webhook-delivery",
      trace: expect.stringMatching(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01 ${requestId}$`)),
    });
    await attempt(message);
    const [received] = await requestsTo(endpoint);
    expect(received?.headers["traceparent"]).toMatch(new RegExp(`^00-${TRACE}-`));
    expect(received?.headers["x-request-id"]).toBe(requestId);
  });

  it("reaches its mails", async () => {
    const shop = await newShop();
    const requestId = crypto.randomUUID();
    await call("POST", `${API}/users/invitations`, {
      token: shop.admin.token,
      headers: { traceparent: TRACEPARENT, "x-request-id": requestId },
      json: { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" },
    });
    const [mail] = await rowsOf(
      "SELECT id FROM mails WHERE tenant_id = ? AND kind = 'invitation'",
      shop.tenant.id,
    );
    const file = () => env.FILES.get(`dev-mail/${String(mail?.["id"])}.json`);
    await until(async () => (await file()) !== null);
    expect(await (await file())?.json()).toMatchObject({
      headers: { "x-traceparent": expect.stringContaining(TRACE), "x-request-id": requestId },
    });
  });

  it("is in the line of its log, and in those of the messages that it causes, also when they fail", async () => {
    const requestId = crypto.randomUUID();
    await call("GET", "/healthz", { headers: { traceparent: TRACEPARENT, "x-request-id": requestId } });
    expect(lines.at(-1)).toMatchObject({ request_id: requestId, trace_id: TRACE });
    const trace = `${TRACEPARENT} ${requestId}`;
    const bodies = [
      { kind: "stock", tenant_id: "missing", trace },
      { kind: "no such kind", trace },
      { kind: "no such kind" },
    ];
    const batch = createMessageBatch(
      "mostrador-rollups",
      bodies.map((body, nth) => ({ id: String(nth), timestamp: new Date(), attempts: 1, body })),
    );
    const ctx = createExecutionContext();
    lines = [];
    await queue(batch, { ...env, ENVIRONMENT: "staging" }, ctx);
    await waitOnExecutionContext(ctx);
    const named = { request_id: requestId, trace_id: TRACE };
    expect(lines).toMatchObject([
      { level: "info", queue: "rollups", kind: "stock", attempts: 1, ...named },
      { level: "error", what: "rollups", ...named },
      { level: "error", what: "rollups", trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(lines[2]).not.toHaveProperty("request_id");
    expect((await getQueueResult(batch, ctx)).explicitAcks).toEqual(["0"]);
  });
});
