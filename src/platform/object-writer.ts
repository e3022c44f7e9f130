// R2 accepts multipart parts of at least 5 MiB, all of the same size except the last.
const PART_BYTES = 5 * 1024 * 1024;

export type StoredObject = { bytes: number; etag: string };

/**
 * Writes a stream of chunks to a new object and buffers at most one part and one chunk. The object exists once `close` resolves;
 * after a failure, `abort` releases the parts that were uploaded.
 */
export function objectWriter(bucket: R2Bucket, key: string, options: R2MultipartOptions = {}) {
  let buffered: Uint8Array[] = [];
  let bufferedBytes = 0;
  let upload: R2MultipartUpload | null = null;
  const parts: R2UploadedPart[] = [];
  return {
    write: async (chunk: Uint8Array): Promise<void> => {
      buffered.push(chunk);
      bufferedBytes += chunk.length;
      while (bufferedBytes >= PART_BYTES) {
        const joined = Buffer.concat(buffered);
        upload ??= await bucket.createMultipartUpload(key, options);
        parts.push(await upload.uploadPart(parts.length + 1, joined.subarray(0, PART_BYTES)));
        // A copy, because a view would retain the part that was sent.
        buffered = [Buffer.from(joined.subarray(PART_BYTES))];
        bufferedBytes = joined.length - PART_BYTES;
      }
    },
    close: async (): Promise<StoredObject> => {
      const rest = Buffer.concat(buffered);
      if (upload && rest.length > 0) parts.push(await upload.uploadPart(parts.length + 1, rest));
      const object = upload ? await upload.complete(parts) : await bucket.put(key, rest, options);
      return { bytes: object.size, etag: object.httpEtag };
    },
    abort: async (): Promise<void> => {
      await upload?.abort();
    },
  };
}
