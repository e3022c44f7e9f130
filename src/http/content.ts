// The content of request bodies and responses, as operations declare it.
import { z } from "@hono/zod-openapi";

/** A required JSON body of this shape. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { "application/json": { schema } },
});

/** A JSON body of this shape that may be omitted; it is then `{}`. */
export const optionalJsonBody = <T extends z.ZodType>(schema: T) => ({
  ...jsonBody(schema),
  required: false,
});

/** A JSON response of this shape. */
export const jsonResponse = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});

/** The schema of a CSV file with these columns. */
export const csvFile = (columns: string) =>
  z.string().openapi({ format: "binary", example: `${columns}\r\n` });

/** A JSON response of this shape, or CSV with these columns when `?format=csv` requests it. */
export const jsonOrCsvResponse = <T extends z.ZodType>(description: string, schema: T, columns: string) => ({
  description,
  content: {
    "application/json": { schema },
    "text/csv": { schema: csvFile(columns) },
  },
});

/** The content of a JSON response of this shape that is streamed: its type does not require the handler to return an object. */
export const streamedJson = (schema: z.ZodType): Record<string, { schema: z.ZodType }> => ({
  "application/json": { schema },
});
