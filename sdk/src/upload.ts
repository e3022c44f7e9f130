// Uploads that report their progress. A browser reports it only through XMLHttpRequest; elsewhere the body is a counted stream.
import type { Xhr, XhrContent } from "./runtime.ts";
import type { UploadContent, UploadOptions } from "./types.ts";

type Progress = NonNullable<UploadOptions["onProgress"]>;

/** The size of a body, null if only its end will tell. */
function sizeOf(content: UploadContent): number | null {
  if (typeof content === "string") return new TextEncoder().encode(content).length;
  if (content instanceof Blob) return content.size;
  return content instanceof ArrayBuffer || content instanceof Uint8Array ? content.byteLength : null;
}

/** A stream of the body that reports how much of it was read. Forms are sent as they are. */
export function counted(content: UploadContent, onProgress: Progress): UploadContent {
  if (content instanceof FormData) return content;
  const total = sizeOf(content);
  const source = content instanceof ReadableStream ? content : new Blob([content]).stream();
  let sent = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      onProgress((sent += chunk.byteLength), total);
    },
  });
  return source.pipeThrough(count);
}

type XhrRequest = {
  method: string;
  url: string;
  headers: Headers;
  content: XhrContent;
  signal: AbortSignal;
  withCredentials: boolean;
};

/** Sends a request by an XMLHttpRequest. */
export function sendByXhr(xhr: Xhr, request: XhrRequest, onProgress: Progress): Promise<Response> {
  const { method, url, headers, content, signal, withCredentials } = request;
  return new Promise((resolve, reject) => {
    xhr.open(method, url);
    xhr.responseType = "blob";
    xhr.withCredentials = withCredentials;
    for (const [name, value] of headers) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener("progress", ({ loaded, total }) =>
      onProgress(loaded, total > 0 ? total : null),
    );
    xhr.addEventListener("load", () => resolve(responseOf(xhr)));
    xhr.addEventListener("error", () => reject(new TypeError("The upload failed.")));
    xhr.addEventListener("abort", () => reject(signal.reason));
    if (signal.aborted) reject(signal.reason);
    else {
      signal.addEventListener("abort", () => xhr.abort(), { once: true });
      xhr.send(content);
    }
  });
}

function responseOf(xhr: Xhr): Response {
  const headers = new Headers();
  for (const line of xhr.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const at = line.indexOf(":");
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  const hasBody = ![204, 205, 304].includes(xhr.status);
  return new Response(hasBody && xhr.response instanceof Blob ? xhr.response : null, {
    status: xhr.status,
    headers,
  });
}
