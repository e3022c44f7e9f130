// An export of ten million lines takes longer than a client of Node waits, and all its pages cost the same.
const MAX_BYTES = 50_000_000;

/** Reads the body of a response and discards it, up to 50 MB. */
export async function readBody({ body }: Response): Promise<void> {
  if (!body) return;
  let bytes = 0;
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    bytes += next.value.byteLength;
    if (bytes > MAX_BYTES) return reader.cancel();
  }
}
