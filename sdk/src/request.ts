// A call as an HTTP request.
import { OPERATIONS } from "./generated/operations.ts";
import type { AnyOptions, UploadBody, UploadContent } from "./types.ts";

export type OperationName = keyof typeof OPERATIONS;

/** Whether there is an operation of this name. */
export const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name);

/** A call before credentials are added. `content` is opened for each attempt. */
export type Prepared = {
  name: OperationName;
  method: string;
  url: URL;
  headers: Headers;
  content: (() => UploadContent) | null;
  /** Whether a repetition has the same effect as one request. */
  isSafe: boolean;
  /** Whether the body can be sent again. */
  isRepeatable: boolean;
  isUpload: boolean;
  options: AnyOptions;
};

export type Defaults = { base: string; tenant: string | undefined; cart: string | null };

/** Reads the arguments of a method: path parameters, body, query parameters, options. */
export function prepare(name: OperationName, args: readonly unknown[], defaults: Defaults): Prepared {
  const [method = "", template = "", flags = ""] = OPERATIONS[name].split(" ");
  const rest = [...args];
  const path = template.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
    segments(name, parameter, rest.shift()),
  );
  const body = /[bfu]/.test(flags) ? rest.shift() : undefined;
  const query = flags.includes("q") ? rest.shift() : undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the generated signatures check the arguments
  const options = (rest.shift() ?? {}) as AnyOptions;
  const url = new URL(path, defaults.base);
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null) url.searchParams.set(key, String(value));
  const headers = new Headers(options.headers);
  const set = (header: string, value: string | null | undefined): void => {
    if (value !== null && value !== undefined) headers.set(header, value);
  };
  // In the query of a GET, a shop needs no preflight request.
  if (flags.includes("t") && defaults.tenant !== undefined) {
    if (method === "GET") url.searchParams.set("tenant", defaults.tenant);
    else set("x-tenant", defaults.tenant);
  }
  if (flags.includes("i")) set("idempotency-key", options.idempotencyKey ?? crypto.randomUUID());
  if (flags.includes("m")) set("if-match", etagOf(options.ifMatch));
  if (flags.includes("n")) set("if-none-match", options.ifNoneMatch);
  if (flags.includes("c")) set("x-cart", options.cart ?? defaults.cart);
  if (flags.includes("o")) set("x-order", options.order);
  const isUpload = flags.includes("u");
  // For a minute, a repeated refresh returns the same tokens.
  const isSafe = method === "GET" || flags.includes("i") || name === "refreshSession";
  const common = { name, method, url, headers, options, isSafe, isUpload };
  if (isUpload) return { ...common, ...upload(body, options, headers) };
  if (body === undefined) return { ...common, content: null, isRepeatable: true };
  const isForm = flags.startsWith("f");
  headers.set("content-type", isForm ? "application/x-www-form-urlencoded" : "application/json");
  const text = isForm ? formOf(Object(body)) : JSON.stringify(body);
  return { ...common, content: () => text, isRepeatable: true };
}

const formOf = (fields: object): string =>
  new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined)).toString();

/** A path parameter: one segment, or the several of an object's key. An empty one or dots would name another operation. */
function segments(name: string, parameter: string, value: unknown): string {
  const text = typeof value === "string" ? value : "";
  const parts = parameter === "key" ? text.split("/") : [text];
  if (parts.some((part) => /^\.{0,2}$/.test(part))) throw new TypeError(`${name}: ${parameter} is missing.`);
  return parts.map(encodeURIComponent).join("/");
}

/** The strong ETag of a version, or the ETag that was given. */
export const etagOf = (version: string | { version: number } | undefined): string | undefined =>
  typeof version === "object" ? `"v${version.version}"` : version;

function upload(
  body: unknown,
  { contentType, contentEncoding }: AnyOptions,
  headers: Headers,
): { content: () => UploadContent; isRepeatable: boolean } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the generated signatures check the arguments
  const source = body as UploadBody;
  const content = typeof source === "function" ? source : () => source;
  // The media type of a form names its boundary, which fetch chooses.
  if (!(source instanceof FormData)) headers.set("content-type", contentType ?? mediaTypeOf(source));
  if (contentEncoding !== undefined) headers.set("content-encoding", contentEncoding);
  return { content, isRepeatable: !(source instanceof ReadableStream) };
}

function mediaTypeOf(source: UploadBody): string {
  if (source instanceof Blob && source.type !== "") return source.type;
  return typeof source === "string" ? "text/csv" : "application/octet-stream";
}
