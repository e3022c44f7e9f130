import { sql } from "drizzle-orm";
import { userColumns, userRow } from "../accounts/users.ts";
import { factsOfShop, shopFactsColumn } from "../shop-facts.ts";

/** What is read of an account that signs in: the account, and the facts of its shop for the access token. */
export const signInRow = userRow.extend({ shop: shopFactsColumn });

/** The columns of `signInRow`, of a row of `users`. */
export const signInColumns = sql`${userColumns}, ${factsOfShop(sql`users.tenant_id`)} AS shop`;
