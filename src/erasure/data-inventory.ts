// Every table, and what of a person is in it. Erased is what describes a person or was said about him; what is left of him is
// his id, in the documents that a shop has to keep. A test compares this list with the database: a new table takes its place here.

/** What the batch of the account erases (account.ts), and what the sweep does (sweep.ts). */
export const erased: Record<string, string> = {
  users: "e-mail, names, password and preferences are replaced; the row, the role and the dates stay",
  auth_sessions:
    "logins end, their device texts are taken out; the hashes of tokens are deleted when they expire",
  saved_items: "deleted",
  cart_items: "deleted",
  idempotency_keys: "deleted: those of the account, and those whose answer is the account; all within a day",
  sales: "shipping_address is taken out; the sale stays, by the account's id",
  work_sessions: "device_label is taken out",
  activity: "detail is taken out",
  events: "shipping_address and device labels are taken out of payloads; the lake builds these days again",
  import_rejects: "a row that has the e-mail loses its text",
  customer_products: "deleted; ids alone come back with a day whose products are counted again",
  erasures: "deleted when all is done",
};

/** Why the others stay as they are. */
export const kept: Record<string, string> = {
  clock_runs: "times",
  audit_log: "ids, fields, roles: written so that nothing of a person is in it",
  tenants: "the shop's own",
  shifts: "working times and cash by id: the shop has to keep them; the stored report has no names",
  breaks: "working times by id",
  shift_audit: "the shift as it was, without devices; the reason is what an ADMIN wrote about the shift",
  alerts: "ids and times",
  cash_moves: "reasons are of the shop's cash book",
  platform_lists: "the shop's own",
  payments:
    "ids and sums; at Stripe there are the ids of shop and sale, what the buyer typed there is Stripe's",
  sale_lines: "products and sums",
  stock_moves: "ids; references are of the shop's books",
  products: "the shop's own",
  category_counts: "the shop's own",
  product_search: "words of products; what people search for is not stored",
  daily_sales: "distinct customers by id, to be counted",
  daily_countries: "distinct customers by id, to be counted",
  daily_sellers: "sums by id",
  daily_products: "sums",
  daily_baskets: "products that were bought together, of nobody",
  product_neighbours: "products",
  dirty_days: "days",
  dirty_product_days: "days",
  rollup_runs: "times",
  imports: "counts and column names; the file is deleted when the import ends",
  dead_letters: "messages of the queue: ids",
  lake_days: "days",
  lake_files: "names of files; the files of events are built again, those of sales have ids only",
  lake_shops: "a number",
  webhook_endpoints: "the shop's own",
  webhook_deliveries: "ids; the text is read from the event when it is sent",
};
