// The file of a browser's form. It is passed on while it arrives, so what the form says about it has to come before it.
import { decodeField, make, type MultipartError } from "multipasta";
import { invalid, Problem } from "../../platform/problem.ts";

const MAX_PARTS = 10;
const MAX_FIELD_BYTES = 64 * 1024;

/** The fields of a form besides its file. */
const FIELDS = new Set(["mapping", "dates", "decimal", "sheet"]);

export type Form = {
  fields: Map<string, string>;
  /** The charset that the part of the file declares. */
  charset: string | null;
  file: ReadableStream<Uint8Array>;
};

const refused = (detail: string): Problem => invalid([{ pointer: "#", detail }]);

function problemOf(error: MultipartError): Problem {
  if (error._tag === "InvalidBoundary")
    return new Problem("unsupported-media-type", "Content-Type: multipart/form-data lacks its boundary.");
  if (error._tag === "ReachedLimit")
    return error.limit === "MaxParts"
      ? refused(`the form has more than ${MAX_PARTS} parts`)
      : new Problem("too-large", `A field of the form has more than ${MAX_FIELD_BYTES / 1024} KB.`);
  return refused(
    error._tag === "EndNotReached"
      ? "the form ends before its last boundary"
      : "a part of the form has no valid headers",
  );
}

/**
 * Reads a form up to its file. Reading the file throws Problem invalid where the form has another one or ends early.
 * @throws Problem invalid, too-large, unsupported-media-type
 */
export async function readForm(body: ReadableStream<Uint8Array>, contentType: string): Promise<Form> {
  const reader = body.getReader();
  const fields = new Map<string, string>();
  const chunks: Uint8Array[] = [];
  const state: { charset: string | null; hasFile: boolean; isEnded: boolean; fault: Problem | null } = {
    charset: null,
    hasFile: false,
    isEnded: false,
    fault: null,
  };
  const fail = (problem: Problem): void => {
    state.fault ??= problem;
  };
  const parser = make({
    headers: { "content-type": contentType },
    maxParts: MAX_PARTS,
    maxFieldSize: MAX_FIELD_BYTES,
    isFile: ({ name, filename, contentType: type }) =>
      !FIELDS.has(name) && (filename !== undefined || type === "application/octet-stream"),
    onField: (info, value) => {
      const { name } = info;
      if (!FIELDS.has(name))
        fail(refused(`the form has an unknown field; its fields are file and ${[...FIELDS].join(", ")}`));
      else if (state.hasFile) fail(refused(`the field ${name} has to come before the file`));
      else if (fields.has(name)) fail(refused(`the form has the field ${name} twice`));
      else fields.set(name, decodeField(info, value));
    },
    onFile: ({ filename, contentTypeParameters }) => {
      if (state.hasFile) fail(refused("the form has several files: send one"));
      else if (filename === "") fail(refused("no file was chosen"));
      state.hasFile = true;
      state.charset ??= contentTypeParameters["charset"] ?? null;
      return (chunk) => {
        if (chunk) chunks.push(chunk);
      };
    },
    onError: (error) => fail(problemOf(error)),
    onDone: () => {
      state.isEnded = true;
    },
  });
  const advance = async (): Promise<void> => {
    const { value, done } = await reader.read();
    try {
      if (value) parser.write(value);
      if (done && !state.isEnded) parser.end();
    } catch {
      // The parser decodes the names of files with decodeURIComponent, which throws URIError.
      fail(refused("a part of the form has no valid headers"));
    }
    if (done && !state.isEnded) fail(refused("the form ends before its last boundary"));
    if (state.fault) {
      await reader.cancel();
      throw state.fault;
    }
  };
  while (!state.hasFile && !state.isEnded) await advance();
  if (!state.hasFile) throw refused("the form has no file");
  const file = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        while (chunks.length === 0 && !state.isEnded) await advance();
        const [chunk] = chunks.splice(0, 1);
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { fields, charset: state.charset, file };
}
