// How a file arrives: as the body of the request, or as the file of a browser's form.
import { Problem } from "../platform/problem.ts";
import { encodingOf } from "./file/encoding.ts";
import { readForm } from "./file/multipart.ts";

const FORM_TYPE = /^multipart\/form-data\s*;/i;
const TEXT_TYPE = /^text\/(?:csv|tab-separated-values)\s*((?:;\s*(?:header=\w+|charset="?[\w.:-]+"?)\s*)*)$/i;
const CHARSET = /charset="?([\w.:-]+)"?/i;

/** The type of a spreadsheet. */
export const WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

type Upload = {
  file: ReadableStream<Uint8Array>;
  /** The declared encoding; null if there is none. */
  charset: string | null;
  /** The fields of the form, which come before parameters of the query. */
  fields: Map<string, string>;
};

const unsupported = (): Problem =>
  new Problem(
    "unsupported-media-type",
    `Send Content-Type: text/csv, with charset UTF-8, UTF-16, Windows-1252 or ISO-8859-1 if it declares one, ${WORKBOOK_TYPE}, or multipart/form-data with a file.`,
  );

/**
 * Opens the body of a request with these values of Content-Type and Content-Encoding.
 * @throws Problem body-required, unsupported-media-type, invalid, too-large
 */
export async function openUpload(
  body: ReadableStream<Uint8Array> | null,
  type = "",
  coding = "identity",
): Promise<Upload> {
  if (!body) throw new Problem("body-required", "Send the file as the request body.");
  if (FORM_TYPE.test(type)) {
    if (!/^identity$/i.test(coding))
      throw new Problem(
        "unsupported-media-type",
        "Send a form without Content-Encoding; its file may be compressed with gzip.",
      );
    const { file, fields, charset } = await readForm(body, type);
    return { file, fields, charset: charset === null ? null : declared(charset) };
  }
  if (!/^(gzip|identity)$/i.test(coding))
    throw new Problem("unsupported-media-type", "Send Content-Encoding: gzip, or omit the header.");
  const fields = new Map<string, string>();
  if (type.split(";")[0]?.trim().toLowerCase() === WORKBOOK_TYPE)
    return { file: body, charset: null, fields };
  const parameters = TEXT_TYPE.exec(type)?.[1];
  if (parameters === undefined) throw unsupported();
  const charset = CHARSET.exec(parameters)?.[1];
  return { file: body, charset: charset === undefined ? null : declared(charset), fields };
}

function declared(charset: string): string {
  const encoding = encodingOf(charset);
  if (encoding === null) throw unsupported();
  return encoding;
}
