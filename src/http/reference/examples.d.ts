/** A part of the OpenAPI document; its form is checked as far as it is used. */
type Json = Record<string, unknown>;

/** A small value that the schema accepts. `idOf` returns the id for a field such as `product_id`, undefined if there is none. */
export function exampleOf(
  document: Json,
  schema: unknown,
  idOf?: (field: string) => string | undefined,
): unknown;

/** The paths of the lists that have an id for a parameter or field of the document, by collection. */
export function listsOf(document: Json): Record<string, string>;

/**
 * The document for the page: bodies and required parameters have values that can be sent, all others none. `ids` has an id of each
 * collection, such as `{ products: "019a…" }`; `shop` is the slug for X-Tenant, null if requests are signed in.
 */
export function withExamples(document: Json, ids?: Record<string, string>, shop?: string | null): Json;
