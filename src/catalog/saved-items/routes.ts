import { z } from "@hono/zod-openapi";
import { answer, jsonOf } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { signedIn } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { problems } from "../../http/problem-responses.ts";
import { FavoriteList, SavedQuery, Wish, Wishlist } from "./schema.ts";
import { forget, listSaved, save } from "./saved-items.ts";

export const saved = router();

const tags = ["Favorites and wishlist"];
const params = z.object({ product_id: Id });

saved.openapi(
  operation("customer", {
    method: "put",
    path: "/favorites/{product_id}",
    operationId: "addFavorite",
    summary: "Keep a product among my favorites",
    tags,
    request: { params },
    responses: { 204: { description: "It is there" }, ...problems(409) },
  }),
  async (c) => {
    await save(signedIn(c), "favorites", c.req.valid("param").product_id, 0);
    return c.body(null, 204);
  },
);

saved.openapi(
  operation("customer", {
    method: "delete",
    path: "/favorites/{product_id}",
    operationId: "dropFavorite",
    summary: "Take a product out of my favorites",
    tags,
    request: { params },
    responses: { 204: { description: "It is not there" } },
  }),
  async (c) => {
    await forget(signedIn(c), "favorites", c.req.valid("param").product_id);
    return c.body(null, 204);
  },
);

saved.openapi(
  operation("customer", {
    method: "get",
    path: "/favorites",
    operationId: "listFavorites",
    summary: "My favorites, the newest first",
    description: "A product that was hidden meanwhile is listed with is_active false.",
    tags,
    request: { query: SavedQuery },
    responses: { 200: answer("A page of favorites", FavoriteList) },
  }),
  async (c) =>
    c.json(FavoriteList.parse(await listSaved(signedIn(c), "favorites", c.req.valid("query"))), 200),
);

saved.openapi(
  operation("customer", {
    method: "put",
    path: "/wishlist/{product_id}",
    operationId: "addWish",
    summary: "Wish for a product, or change how much",
    tags,
    request: { params, body: jsonOf(Wish) },
    responses: { 204: { description: "It is there" }, ...problems(409) },
  }),
  async (c) => {
    await save(signedIn(c), "wishlist", c.req.valid("param").product_id, c.req.valid("json").priority);
    return c.body(null, 204);
  },
);

saved.openapi(
  operation("customer", {
    method: "delete",
    path: "/wishlist/{product_id}",
    operationId: "dropWish",
    summary: "Take a product out of my wishlist",
    tags,
    request: { params },
    responses: { 204: { description: "It is not there" } },
  }),
  async (c) => {
    await forget(signedIn(c), "wishlist", c.req.valid("param").product_id);
    return c.body(null, 204);
  },
);

saved.openapi(
  operation("customer", {
    method: "get",
    path: "/wishlist",
    operationId: "listWishes",
    summary: "My wishlist, the most wanted first, then the newest",
    description: "A product that was hidden meanwhile is listed with is_active false.",
    tags,
    request: { query: SavedQuery },
    responses: { 200: answer("A page of the wishlist", Wishlist) },
  }),
  async (c) => c.json(Wishlist.parse(await listSaved(signedIn(c), "wishlist", c.req.valid("query"))), 200),
);
