// Objects of the lake's bucket. None is ever written over: a key that exists has the content that it will always have.
const TYPE = { httpMetadata: { contentType: "application/vnd.apache.parquet" } };

// R2 takes parts of 5 MiB or more, all of one size but the last.
const PART_BYTES = 5 * 1024 * 1024;

export type Written = { bytes: number; etag: string };

/** Stores these bytes where the key is free; answers what is there afterwards: that of whoever came first. */
export async function putOnce(bucket: R2Bucket, key: string, bytes: Uint8Array): Promise<Written> {
  const made = await bucket.put(key, bytes, { ...TYPE, onlyIf: { etagDoesNotMatch: "*" } });
  const object = made ?? (await bucket.head(key));
  if (!object) throw new Error(`the object ${key} went away while it was written`);
  return { bytes: object.size, etag: object.httpEtag };
}

/** Stores a stream of chunks under a new key, in parts where it is large: no more than a part and a chunk are held. */
export function beginObject(bucket: R2Bucket, key: string) {
  let waiting: Uint8Array[] = [];
  let held = 0;
  let upload: R2MultipartUpload | null = null;
  const parts: R2UploadedPart[] = [];
  return {
    send: async (chunk: Uint8Array): Promise<void> => {
      waiting.push(chunk);
      held += chunk.length;
      while (held >= PART_BYTES) {
        const whole = Buffer.concat(waiting);
        upload ??= await bucket.createMultipartUpload(key, TYPE);
        parts.push(await upload.uploadPart(parts.length + 1, whole.subarray(0, PART_BYTES)));
        // A copy: a view would keep the part that has been sent.
        waiting = [Buffer.from(whole.subarray(PART_BYTES))];
        held = whole.length - PART_BYTES;
      }
    },
    finish: async (): Promise<Written> => {
      const rest = Buffer.concat(waiting);
      if (upload && rest.length > 0) parts.push(await upload.uploadPart(parts.length + 1, rest));
      const object = upload ? await upload.complete(parts) : await bucket.put(key, rest, TYPE);
      return { bytes: object.size, etag: object.httpEtag };
    },
    abort: async (): Promise<void> => {
      await upload?.abort();
    },
  };
}
