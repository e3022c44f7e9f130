/** The bindings of the baseline Worker; TENANT, USER and LOGIN say who sends every request. */
export type Bindings = { DB: D1Database; CACHE: KVNamespace; TENANT: string; USER: string; LOGIN: string };
