import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { userContext } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { FavoriteList, SavedQuery, Wish, Wishlist } from "./schema.ts";
import { removeItem, listSavedItems, saveItem } from "./saved-items.ts";

export const savedItemRoutes = router();

const tags = ["Favorites and wishlist"];
const params = z.object({ product_id: Id });

savedItemRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "put",
    path: "/favorites/{product_id}",
    operationId: "addFavorite",
    summary: "Add a product to my favorites",
    tags,
    request: { params },
    problems: ["list-full"],
    responses: { 204: { description: "Added" } },
  }),
  async (c) => {
    await saveItem(userContext(c), "favorites", c.req.valid("param").product_id, 0);
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "delete",
    path: "/favorites/{product_id}",
    operationId: "removeFavorite",
    summary: "Remove a product from my favorites",
    tags,
    request: { params },
    responses: { 204: { description: "Removed" } },
  }),
  async (c) => {
    await removeItem(userContext(c), "favorites", c.req.valid("param").product_id);
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/favorites",
    operationId: "listFavorites",
    summary: "List my favorites, newest first",
    description: "Products that have been hidden since are listed with is_active false.",
    tags,
    request: { query: SavedQuery },
    responses: { 200: jsonResponse("A page of favorites", FavoriteList) },
  }),
  async (c) =>
    c.json(FavoriteList.parse(await listSavedItems(userContext(c), "favorites", c.req.valid("query"))), 200),
);

savedItemRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "put",
    path: "/wishlist/{product_id}",
    operationId: "addWish",
    summary: "Add a product to my wishlist, or change its priority",
    tags,
    request: { params, body: jsonBody(Wish) },
    problems: ["list-full"],
    responses: { 204: { description: "Added" } },
  }),
  async (c) => {
    await saveItem(userContext(c), "wishlist", c.req.valid("param").product_id, c.req.valid("json").priority);
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "delete",
    path: "/wishlist/{product_id}",
    operationId: "removeWish",
    summary: "Remove a product from my wishlist",
    tags,
    request: { params },
    responses: { 204: { description: "Removed" } },
  }),
  async (c) => {
    await removeItem(userContext(c), "wishlist", c.req.valid("param").product_id);
    return c.body(null, 204);
  },
);

savedItemRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/wishlist",
    operationId: "listWishes",
    summary: "List my wishlist, highest priority first, then newest first",
    description: "Products that have been hidden since are listed with is_active false.",
    tags,
    request: { query: SavedQuery },
    responses: { 200: jsonResponse("A page of the wishlist", Wishlist) },
  }),
  async (c) =>
    c.json(Wishlist.parse(await listSavedItems(userContext(c), "wishlist", c.req.valid("query"))), 200),
);
