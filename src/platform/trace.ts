// The request that caused something travels with it: in the messages of queues, in stored events and mails, in the headers of webhooks and
// mails, and from there into the lines of the log. It is a W3C trace context, and the X-Request-Id if that is a UUID: any other text of a
// client may be personal data, so it stays in the log of its request, which has the trace too.
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

/** A piece of work within a trace. Ids are lower-case hexadecimal digits: 32 of the trace, 16 of the work (`spanId`). */
export type Trace = { traceId: string; spanId: string; flags: string; requestId: string | null };

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NOT_SAMPLED = "00";
// Longer than any text that `encodeTrace` returns.
const MAX_LENGTH = 100;

const newId = (bytes: number): string => randomBytes(bytes).toString("hex");

/** The work of a request within the trace of its `traceparent` header, or in a new one if that is missing or malformed. */
export function startTrace(traceparent: string | undefined, requestId: string | null): Trace {
  const [, traceId = newId(16), , flags = NOT_SAMPLED] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  return { traceId, spanId: newId(8), flags, requestId: UUID.test(requestId ?? "") ? requestId : null };
}

/** The `traceparent` header of what this work causes. */
export const traceparentOf = ({ traceId, spanId, flags }: Trace): string =>
  `00-${traceId}-${spanId}-${flags}`;

/** The headers of a request or mail that this work causes. */
export const traceHeaders = (trace: Trace): Record<string, string> => ({
  traceparent: traceparentOf(trace),
  ...(trace.requestId === null ? {} : { "x-request-id": trace.requestId }),
});

/** The trace as the text that messages and rows have. */
export const encodeTrace = (trace: Trace): string =>
  trace.requestId === null ? traceparentOf(trace) : `${traceparentOf(trace)} ${trace.requestId}`;

/** The work that a message or row causes, in the trace of its text, or in a new one if it has none. */
export function continueTrace(text: unknown): Trace {
  const isText = typeof text === "string" && text.length <= MAX_LENGTH;
  const [traceparent, requestId = null] = isText ? text.split(" ") : [];
  return startTrace(traceparent, requestId);
}

const current = new AsyncLocalStorage<Trace>();

/** Runs work whose lines in the log have its trace. */
export const withTrace = <T>(trace: Trace, work: () => T): T => current.run(trace, work);

/** What the lines of the log have of the current work. */
export function tracedFields(): { request_id?: string; trace_id?: string } {
  const trace = current.getStore();
  if (!trace) return {};
  const { traceId, requestId } = trace;
  return { ...(requestId === null ? {} : { request_id: requestId }), trace_id: traceId };
}

const isQueue = (binding: unknown): binding is Queue => binding instanceof Object && "sendBatch" in binding;

const isRecord = (body: unknown): body is Record<string, unknown> =>
  typeof body === "object" && body !== null && !Array.isArray(body);

/** The field of a message that has its trace. */
export const traceOf = (body: unknown): unknown => (isRecord(body) ? body["trace"] : undefined);

/** The bindings, whose queues add the trace to each message. */
export function traceMessages(env: Env, trace: Trace): Env {
  const text = encodeTrace(trace);
  const traced = (body: unknown): unknown => (isRecord(body) ? { ...body, trace: text } : body);
  const wrapped = (queue: Queue): Pick<Queue, "send" | "sendBatch"> => ({
    send: (body, options) => queue.send(traced(body), options),
    sendBatch: (messages, options) =>
      queue.sendBatch(
        Array.from(messages, (message) => ({ ...message, body: traced(message.body) })),
        options,
      ),
  });
  return new Proxy(env, {
    get: (bindings, name) => {
      const binding: unknown = Reflect.get(bindings, name);
      return isQueue(binding) ? wrapped(binding) : binding;
    },
  });
}
