// Stands in for Stripe's API: payment intents, cancellations, checkout pages, refunds and idempotency keys. vitest.config.ts starts it in Node.
// GET /requests lists the requests; /forget/TEXT discards the keys that contain the text, as Stripe does after a day;
// /break/INTENT and /mend/INTENT make the refunds of a payment intent fail and succeed again, /void/INTENT makes them be cancelled.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The only accepted secret key. Requests under the second are recorded but never answered, there are too many under the
 * third, and the fourth may not make them. */
const SECRET_KEY = "sk_test_right";
const HANGING_KEY = "sk_test_hangs";
const LIMITED_KEY = "sk_test_limited";
const RESTRICTED_KEY = "sk_test_restricted";

/** The smallest payment, in minor units. */
const MIN_AMOUNT = 50;

type StripeRequest = {
  path: string;
  key: string;
  form: Record<string, string>;
  response: Record<string, unknown>;
};

type Refund = { id: string; payment_intent: string; amount: number; status: string };

const requests: StripeRequest[] = [];
const forgotten = new Set<StripeRequest>();
const intents = new Map<string, Record<string, unknown>>();
const sessions = new Map<string, Record<string, unknown>>();
const refunds: Refund[] = [];
const broken = new Map<string, "failed" | "canceled">();

const failure = (type: string, message: string, code?: string) => ({ error: { type, message, code } });

function control(what: string, text: string): void {
  if (what === "forget") for (const each of requests) if (each.key.includes(text)) forgotten.add(each);
  if (what === "break") broken.set(text, "failed");
  if (what === "void") broken.set(text, "canceled");
  if (what === "mend") broken.delete(text);
}

const refundableAmount = (intent: string): number =>
  refunds
    .filter(({ payment_intent, status }) => payment_intent === intent && status === "succeeded")
    .reduce((remaining, { amount }) => remaining - amount, Number(intents.get(intent)?.["amount"] ?? 0));

/** Refunds the requested amount, or all that remains; null if less remains. */
function refund(id: string, form: Record<string, string>): Refund | null {
  const payment_intent = form["payment_intent"] ?? "";
  const remaining = refundableAmount(payment_intent);
  const amount = Number(form["amount"] ?? remaining);
  if (remaining === 0 || amount > remaining) return null;
  const result = {
    id,
    object: "refund",
    payment_intent,
    amount,
    status: broken.get(payment_intent) ?? "succeeded",
    failure_reason: "expired_or_canceled_card",
    metadata: { payment_id: form["metadata[payment_id]"] },
  };
  refunds.push(result);
  return result;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function perform(path: string, form: Record<string, string>): Record<string, unknown> | null {
  const id = `${path === "/v1/refunds" ? "re" : "pi"}_${requests.length + 1}`;
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
  if (path === "/v1/checkout/sessions") {
    const sessionId = `cs_${requests.length + 1}`;
    const url = `https://checkout.example/${sessionId}`;
    const session = { id: sessionId, object: "checkout.session", url, status: "open" };
    sessions.set(sessionId, session);
    return session;
  }
  const session = sessions.get(/^\/v1\/checkout\/sessions\/(\w+)\/expire$/.exec(path)?.[1] ?? "");
  if (session) return Object.assign(session, { status: "expired" });
  const intent = intents.get(/^\/v1\/payment_intents\/(\w+)\/cancel$/.exec(path)?.[1] ?? "");
  return intent ? Object.assign(intent, { status: "canceled" }) : null;
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response
      .writeHead(status, { "content-type": "application/json", connection: "close" })
      .end(JSON.stringify(body));
  };
  const path = request.url ?? "";
  if (path === "/requests") return send(200, requests);
  const [, what = "", text = ""] = path.split("/");
  if (what !== "v1") return send(200, control(what, text) ?? {});
  const body = await bodyOf(request);
  if (request.headers.authorization === `Bearer ${HANGING_KEY}`) {
    const key = String(request.headers["idempotency-key"] ?? "");
    requests.push({ path, key, form: Object.fromEntries(new URLSearchParams(body)), response: {} });
    return;
  }
  if (request.headers.authorization === `Bearer ${RESTRICTED_KEY}`)
    return send(
      403,
      failure("invalid_request_error", "The provided key does not have the required permissions"),
    );
  if (request.headers.authorization === `Bearer ${LIMITED_KEY}`)
    return send(429, failure("invalid_request_error", "Too many requests", "rate_limit"));
  if (request.headers.authorization !== `Bearer ${SECRET_KEY}`)
    return send(401, failure("invalid_request_error", "Invalid API Key provided"));
  if (request.method === "GET") {
    const { searchParams } = new URL(path, "http://localhost");
    const intent = searchParams.get("payment_intent");
    // Newest first; with a limit one at a time, because a page may have fewer.
    const all = refunds.filter(({ payment_intent }) => payment_intent === intent).toReversed();
    const at = all.findIndex(({ id }) => id === searchParams.get("starting_after")) + 1;
    const data = searchParams.has("limit") ? all.slice(at, at + 1) : all.toReversed();
    return send(200, { object: "list", url: "/v1/refunds", has_more: all.length > at + data.length, data });
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  const key = String(request.headers["idempotency-key"] ?? "");
  const earlier = requests.find((each) => each.key === key && key !== "" && !forgotten.has(each));
  if (earlier && (earlier.path !== path || JSON.stringify(earlier.form) !== JSON.stringify(form)))
    return send(400, failure("idempotency_error", "Keys can only be used with the same parameters"));
  if (path === "/v1/payment_intents" && Number(form["amount"]) < MIN_AMOUNT)
    return send(400, failure("invalid_request_error", "Amount must be at least €0.50 eur"));
  const expiresAt = Number(form["expires_at"] ?? "0") - Date.now() / 1000;
  if (path === "/v1/checkout/sessions" && !earlier && (expiresAt < 1800 || expiresAt > 86_400))
    return send(400, failure("invalid_request_error", "expires_at must be in 30 minutes to 24 hours"));
  const result = earlier?.response ?? perform(path, form);
  if (!result && path === "/v1/refunds") {
    const code = refundableAmount(form["payment_intent"] ?? "") === 0 ? "charge_already_refunded" : undefined;
    return send(400, failure("invalid_request_error", "The refund exceeds the remaining amount.", code));
  }
  if (!result) return send(404, failure("invalid_request_error", "No such resource"));
  requests.push({ path, key, form, response: result });
  send(200, result);
}

/** Starts the server and returns its URL. It does not keep the process alive. */
export async function startStripe(): Promise<string> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
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
