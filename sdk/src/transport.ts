// Sends a request until it has an answer: with credentials, a time limit, repetitions and a renewed login.
import { ConnectionError, isProblem, problemOf } from "./problem.ts";
import type { Prepared } from "./request.ts";
import { delayBefore, wait } from "./retry.ts";
import type { Credentials, Session } from "./session.ts";
import type { UploadContent } from "./types.ts";
import { globalNamed } from "./runtime.ts";
import { counted, sendByXhr } from "./upload.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

type Limits = { retries: number; longestDelay: number; timeout: number };

/** `bookmark` is of D1: reads from it on see what was written before. */
export type Transport = {
  session: Session;
  fetch: Fetch | undefined;
  limits: Limits;
  bookmark: string | null;
};

/** Sends the request and reads its response. @throws Problem, ConnectionError, the reason of an aborted signal */
export async function send<T>(
  transport: Transport,
  request: Prepared,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const { session, limits } = transport;
  const { signal, retries = limits.retries } = request.options;
  const requestId = crypto.randomUUID();
  // A renewal that fails does not renew itself.
  let isRenewed = request.name === "refreshSession";
  let failed: { login: number; error: unknown } | null = null;
  for (let attempt = 0; ;) {
    const credentials = await session.credentials();
    signal?.throwIfAborted();
    // Somebody else has signed in, or out, in the meantime.
    if (failed !== null && failed.login !== credentials.login) throw failed.error;
    try {
      return await sendOnce(transport, request, credentials, requestId, read);
    } catch (error) {
      failed = { login: credentials.login, error };
      if (!isRenewed && request.isRepeatable && isProblem(error, "invalid-token")) {
        isRenewed = true;
        if (await session.renew(credentials)) continue;
      }
      const delay = attempt < retries ? delayBefore(error, request, attempt, limits.longestDelay) : null;
      if (delay === null) throw error;
      await wait(delay, signal);
      attempt += 1;
    }
  }
}

async function sendOnce<T>(
  transport: Transport,
  request: Prepared,
  credentials: Credentials,
  requestId: string,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const { options, content } = request;
  const timeout = options.timeout ?? (request.isUpload ? 0 : transport.limits.timeout);
  const limit = limited(options.signal, timeout);
  const incomplete = (cause: unknown): unknown =>
    options.signal?.aborted
      ? cause
      : new ConnectionError(
          `${request.method} ${request.url.pathname}: no complete response.`,
          requestId,
          cause,
        );
  try {
    const headers = headersOf(transport, request, credentials, requestId);
    const response = await dispatch(transport, request, headers, content?.() ?? null, limit.signal).catch(
      (error: unknown) => {
        throw incomplete(error);
      },
    );
    if (isRedirect(response))
      throw new TypeError(
        `${request.url.origin} redirects to another address. Use that of the API itself as url: what a request holds is sent to no other.`,
      );
    keepBookmark(transport, response.headers.get("x-d1-bookmark"));
    const isSuccess = response.ok || (response.status === 304 && options.ifNoneMatch !== undefined);
    const result = isSuccess ? read(response) : problemOf(response);
    const value = await result.catch((error: unknown) => {
      throw incomplete(error);
    });
    if (value instanceof Error) throw value;
    return value;
  } finally {
    limit.end();
  }
}

function headersOf(
  { session, bookmark }: Transport,
  request: Prepared,
  { authorization }: Credentials,
  requestId: string,
): Headers {
  const headers = new Headers(request.headers);
  const isRead = request.method === "GET";
  if (authorization !== null) headers.set("authorization", authorization);
  if (isRead && bookmark !== null) headers.set("x-d1-bookmark", bookmark);
  // An anonymous GET has no header that would need a preflight request.
  if (!isRead || authorization !== null || session.isCookie) headers.set("x-request-id", requestId);
  return headers;
}

function dispatch(
  { fetch, session }: Transport,
  { method, url, options: { onProgress } }: Prepared,
  headers: Headers,
  content: UploadContent | null,
  signal: AbortSignal,
): Promise<Response> {
  const withCredentials = session.isCookie;
  const Xhr = fetch ? undefined : globalNamed("XMLHttpRequest");
  if (Xhr && content !== null && onProgress && !(content instanceof ReadableStream))
    return sendByXhr(
      new Xhr(),
      { method, url: url.href, headers, content, signal, withCredentials },
      onProgress,
    );
  const body = content !== null && onProgress ? counted(content, onProgress) : content;
  const init = {
    method,
    headers,
    body,
    signal,
    // No operation redirects; followed, a redirect would take tokens and bodies to another server.
    redirect: "manual" as const,
    ...(withCredentials ? { credentials: "include" as const } : {}),
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  };
  return (fetch ?? globalThis.fetch)(url.href, init);
}

/** In a browser, a redirect that is not followed has the status 0. */
const isRedirect = ({ status }: Response): boolean =>
  status === 0 || [301, 302, 303, 307, 308].includes(status);

/** Bookmarks sort by time; of parallel responses the latest counts. */
function keepBookmark(transport: Transport, bookmark: string | null): void {
  if (bookmark !== null && bookmark > (transport.bookmark ?? "")) transport.bookmark = bookmark;
}

/** A signal that is aborted with `signal` or after `timeout` milliseconds, until `end`. */
function limited(signal: AbortSignal | undefined, timeout: number): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const expire = (): void =>
    controller.abort(new DOMException(`No response within ${timeout} ms.`, "TimeoutError"));
  const timer = timeout > 0 ? setTimeout(expire, timeout) : undefined;
  return {
    signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
    end: () => clearTimeout(timer),
  };
}
