// Who composes the mails of each kind.
import { composers as auth } from "./auth/links/composers.ts";
import type { Composers } from "./mail/send.ts";

export const composers: Composers = { ...auth };
