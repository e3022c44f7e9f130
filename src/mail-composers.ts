// Who composes the mails of each kind.
import { composers as auth } from "./auth/links/composers.ts";
import { composers as catalog } from "./catalog/stock/composers.ts";
import { composers as reports } from "./metrics/mail-reports/composers.ts";
import { composers as orders } from "./purchases/mails/composers.ts";
import { composers as receipts } from "./sales/receipts/composers.ts";
import { composers as shifts } from "./shifts/activity/composers.ts";
import type { Composers } from "./mail/send.ts";

export const composers: Composers = { ...auth, ...catalog, ...shifts, ...receipts, ...orders, ...reports };
