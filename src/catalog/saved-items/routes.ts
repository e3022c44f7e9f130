import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { problemResponses } from "../../http/problem-responses.ts";
import { FavoriteList, SavedQuery, Wish, Wishlist } from "./schema.ts";
import { removeItem, listSavedItems, saveItem } from "./saved-items.ts";

export const savedItemRoutes = router();

const tags = ["Favorites and wishlist"];
const params = z.object({ product_id: Id });

savedItemRoutes.openapi(
  operation("customer", {
    method: "put",
    path: "/favorites/{product_id}",
    operationId: "addFavorite",
    summary: "Keep a product among my favorites",
    tags,
    request: { params },
    responses: { 204: { description: "It is there" }, ...problemResponses(409) },
  }),
  async (c) => {
    await saveItem(actorContext(c), "favorites", c.req.valid("param").product_id, 0);
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
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
    await removeItem(actorContext(c), "favorites", c.req.valid("param").product_id);
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/favorites",
    operationId: "listFavorites",
    summary: "My favorites, the newest first",
    description: "A product that was hidden meanwhile is listed with is_active false.",
    tags,
    request: { query: SavedQuery },
    responses: { 200: jsonResponse("A page of favorites", FavoriteList) },
  }),
  async (c) =>
    c.json(FavoriteList.parse(await listSavedItems(actorContext(c), "favorites", c.req.valid("query"))), 200),
);

savedItemRoutes.openapi(
  operation("customer", {
    method: "put",
    path: "/wishlist/{product_id}",
    operationId: "addWish",
    summary: "Wish for a product, or change how much",
    tags,
    request: { params, body: jsonBody(Wish) },
    responses: { 204: { description: "It is there" }, ...problemResponses(409) },
  }),
  async (c) => {
    await saveItem(
      actorContext(c),
      "wishlist",
      c.req.valid("param").product_id,
      c.req.valid("json").priority,
    );
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
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
    await removeItem(actorContext(c), "wishlist", c.req.valid("param").product_id);
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/wishlist",
    operationId: "listWishes",
    summary: "My wishlist, the most wanted first, then the newest",
    description: "A product that was hidden meanwhile is listed with is_active false.",
    tags,
    request: { query: SavedQuery },
    responses: { 200: jsonResponse("A page of the wishlist", Wishlist) },
  }),
  async (c) =>
    c.json(Wishlist.parse(await listSavedItems(actorContext(c), "wishlist", c.req.valid("query"))), 200),
);
