import { textOf, type UrlSearch } from "../../lists/search-params.ts";

export type CustomersSearch = { q?: string };

export const customersSearch = (search: UrlSearch): CustomersSearch => textOf(search, "q");
