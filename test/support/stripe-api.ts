// Stands in for Stripe's API, over HTTP on a port of its own: payment intents, their cancelling, refunds, and idempotency keys
// as Stripe has them. Started by vitest.config.ts, in Node. GET /requests tells what was asked; /forget/TEXT forgets the keys
// with this text, as Stripe does after a day; /break/INTENT and /mend/INTENT make refunds of it fail, and succeed again.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The only secret key that it takes; under the other it hears, and never answers. */
const SECRET_KEY = "sk_test_right";
const DEAF_KEY = "sk_test_hangs";

/** The least that it takes, in its minor units. */
const LEAST = 50;

type Asked = { path: string; key: string; form: Record<string, string>; answer: Record<string, unknown> };

type Refund = { id: string; payment_intent: string; amount: number; status: string };

const asked: Asked[] = [];
const forgotten = new Set<Asked>();
const intents = new Map<string, Record<string, unknown>>();
const refunds: Refund[] = [];
const broken = new Set<string>();

const failure = (type: string, message: string, code?: string) => ({ error: { type, message, code } });

function control(what: string, text: string): void {
  if (what === "forget") for (const each of asked) if (each.key.includes(text)) forgotten.add(each);
  if (what === "break") broken.add(text);
  if (what === "mend") broken.delete(text);
}

const leftOf = (intent: string): number =>
  refunds
    .filter(({ payment_intent, status }) => payment_intent === intent && status === "succeeded")
    .reduce((left, { amount }) => left - amount, Number(intents.get(intent)?.["amount"] ?? 0));

/** Gives back what is asked for, or all that is left; null where less is left. */
function refund(id: string, form: Record<string, string>): Refund | null {
  const payment_intent = form["payment_intent"] ?? "";
  const left = leftOf(payment_intent);
  const amount = Number(form["amount"] ?? left);
  if (left === 0 || amount > left) return null;
  const made = {
    id,
    object: "refund",
    payment_intent,
    amount,
    status: broken.has(payment_intent) ? "failed" : "succeeded",
    failure_reason: "expired_or_canceled_card",
    metadata: { payment_id: form["metadata[payment_id]"] },
  };
  refunds.push(made);
  return made;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function perform(path: string, form: Record<string, string>): Record<string, unknown> | null {
  const id = `${path === "/v1/refunds" ? "re" : "pi"}_${asked.length + 1}`;
  if (path === "/v1/refunds") return refund(id, form);
  if (path === "/v1/payment_intents") {
    const { amount, currency } = form;
    const intent = {
      id,
      object: "payment_intent",
      amount: Number(amount),
      currency,
      client_secret: `${id}_secret`,
      status: "requires_payment_method",
    };
    intents.set(id, intent);
    return intent;
  }
  const intent = intents.get(/^\/v1\/payment_intents\/(\w+)\/cancel$/.exec(path)?.[1] ?? "");
  return intent ? Object.assign(intent, { status: "canceled" }) : null;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response
      .writeHead(status, { "content-type": "application/json", connection: "close" })
      .end(JSON.stringify(body));
  };
  const path = request.url ?? "";
  if (path === "/requests") return send(200, asked);
  const [, what = "", text = ""] = path.split("/");
  if (what !== "v1") return send(200, control(what, text) ?? {});
  const body = await bodyOf(request);
  if (request.headers.authorization === `Bearer ${DEAF_KEY}`) {
    const key = String(request.headers["idempotency-key"] ?? "");
    asked.push({ path, key, form: Object.fromEntries(new URLSearchParams(body)), answer: {} });
    return;
  }
  if (request.headers.authorization !== `Bearer ${SECRET_KEY}`)
    return send(401, failure("invalid_request_error", "Invalid API Key provided"));
  if (request.method === "GET") {
    const intent = new URL(path, "http://localhost").searchParams.get("payment_intent");
    const data = refunds.filter(({ payment_intent }) => payment_intent === intent);
    return send(200, { object: "list", url: "/v1/refunds", has_more: false, data });
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  const key = String(request.headers["idempotency-key"] ?? "");
  const earlier = asked.find((each) => each.key === key && key !== "" && !forgotten.has(each));
  if (earlier && (earlier.path !== path || JSON.stringify(earlier.form) !== JSON.stringify(form)))
    return send(400, failure("idempotency_error", "Keys can only be used with the same parameters"));
  if (path === "/v1/payment_intents" && Number(form["amount"]) < LEAST)
    return send(400, failure("invalid_request_error", "Amount must be at least €0.50 eur"));
  const made = earlier?.answer ?? perform(path, form);
  if (!made && path === "/v1/refunds") {
    const code = leftOf(form["payment_intent"] ?? "") === 0 ? "charge_already_refunded" : undefined;
    return send(400, failure("invalid_request_error", "Less is left of it.", code));
  }
  if (!made) return send(404, failure("invalid_request_error", "No such resource"));
  asked.push({ path, key, form, answer: made });
  send(200, made);
}

/** Starts it; answers its address. It does not keep the process alive. */
export async function startStripe(): Promise<string> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  server.unref();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server on a port has such an address
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
