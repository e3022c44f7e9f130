// The signed-in account together with its shop.
import type { z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import type { UserCtx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { notFound } from "../../platform/problem.ts";
import { selectShop, visibleShop } from "../shops/profile.ts";
import { Shop } from "../shops/profile-schema.ts";
import { User } from "./schema.ts";
import { userColumns, userRow } from "./users.ts";

export const Me = User.extend({ shop: Shop }).openapi("Me");

/** The signed-in account and its shop, as the account may see it. One round trip. @throws Problem not-found */
export async function whoAmI(ctx: UserCtx): Promise<z.infer<typeof Me>> {
  const account = returning(
    userRow,
    sql`SELECT ${userColumns} FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${ctx.actor.id}`,
  );
  const shop = selectShop(ctx);
  const done = await ctx.db.batch([account, shop]);
  const [user] = done.of(account);
  if (!user) throw notFound("user");
  return { ...user, shop: visibleShop(ctx, done.of(shop)) };
}
