// Who composes the mails of each kind.
import { composers as auth } from "./auth/links/composers.ts";
import { composers as catalog } from "./catalog/stock/composers.ts";
import { composers as metrics } from "./metrics/weekly-report/composers.ts";
import { composers as shifts } from "./shifts/activity/composers.ts";
import type { Composers } from "./mail/send.ts";

export const composers: Composers = { ...auth, ...catalog, ...shifts, ...metrics };
