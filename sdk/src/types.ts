// The types that all methods share.

/** Whether methods answer data, or the response with its headers. */
export type Mode = "data" | "raw";

/** A response whose JSON has a known type. */
export type RawResponse<T> = Omit<Response, "json"> & { json(): Promise<T> };

export type Result<M extends Mode, T> = Promise<M extends "raw" ? RawResponse<T> : T>;

type HeaderOptions = {
  /** Repeats with the same key have one effect. A key is generated where none is given. */
  idempotencyKey?: string | undefined;
  /** An ETag, or an object with a version that the API returned: it is changed only if it still has this version. */
  ifMatch?: string | { version: number } | undefined;
  /** An ETag: if it is still current, the response is 304 without a body. Only for `raw`. */
  ifNoneMatch?: string | undefined;
  /** The token of a guest's cart, instead of that of the client. */
  cart?: string | undefined;
  /** The token of a guest's order. */
  order?: string | undefined;
};

/** The options of one call; `Names` are those that its operation takes beside the common ones. */
export type CallOptions<Names extends keyof HeaderOptions = never> = Pick<HeaderOptions, Names> & {
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
  /** How often the request is repeated, instead of the number of the client. */
  retries?: number | undefined;
  /** Milliseconds until an attempt counts as lost, instead of those of the client; 0 for no limit. */
  timeout?: number | undefined;
};

/** All options that an operation may take. */
export type AnyOptions = CallOptions<keyof HeaderOptions> & UploadOptions;

/** A file, or a function that opens it again for each attempt. A stream itself can be sent only once. */
export type UploadBody = UploadContent | (() => UploadContent);

export type UploadContent =
  | Blob
  | string
  | ArrayBuffer
  | Uint8Array<ArrayBuffer>
  | FormData
  | ReadableStream<Uint8Array>;

export type UploadOptions = {
  /** The media type of the file, where it is not a Blob that knows it. */
  contentType?: string | undefined;
  contentEncoding?: "gzip" | undefined;
  /** Called with the bytes that were sent so far. `total` is null for a stream. */
  onProgress?: ((sent: number, total: number | null) => void) | undefined;
};
