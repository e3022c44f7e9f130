/** As many products as fit into a URL. */
export const MAX_LABELS = 60;

export type LabelSearch = { ids?: string };

const IDS = /^[\da-f-]{36}(,[\da-f-]{36})*$/;

/** Reads the products of the labels from the URL. */
export function labelSearch(search: Record<string, unknown>): LabelSearch {
  const ids = search["ids"];
  return typeof ids === "string" && IDS.test(ids) ? { ids } : {};
}
