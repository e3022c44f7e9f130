import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody, jsonOrCsvResponse } from "../../http/content.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import {
  ETagHeaders,
  IdempotencyHeader,
  IfMatch,
  IfNoneMatch,
  isCurrent,
  notModified,
  RevalidatedHeaders,
  ShopHeader,
  ShopQuery,
  withEtag,
  withLocation,
  withReplayHeader,
} from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { shopContext, actorContext } from "../../http/app-context.ts";
import { isStaff } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import { columnNames } from "../../values/csv.ts";
import { bodyEtagOf, digestOf } from "../../values/etag.ts";
import { Id } from "../../values/ids.ts";
import { productCsvColumns, productsCsv } from "../listing/export.ts";
import { listCategories, listProducts } from "../listing/listing.ts";
import { listUpdates } from "../listing/updates.ts";
import { CategoryCounts, ProductList, ProductQuery } from "../listing/schema.ts";
import { addProduct, changeProduct, getProduct, hideProduct } from "./products.ts";
import { lookUpProduct } from "./lookup.ts";
import { BarcodesBody, LookedUpProduct, LookupQuery, NewProduct, Product, ProductPatch } from "./schema.ts";

export const productRoutes = router();

const tags = ["Catalogue"];
const params = z.object({ id: Id });

productRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/products",
    operationId: "listProducts",
    summary: "List the products of a shop",
    description:
      "A page of all products or of one category reads little more than it returns. Other filters that match many products, or several filters that match few together, may read the whole category or shop. facets=true reads every matching product four times: request facets with the first page only. To keep a copy of the catalogue, read updated_since=TIME to the end, and continue from a minute before the latest updated_at: a change may become visible shortly after its time. CSV is for staff: it has all products that match, oldest first, hidden ones included unless is_active is given, in the columns of a product file, with amounts in major units and quantities in units. It ignores sort and facets.",
    tags,
    request: { query: ProductQuery, headers: ShopHeader.extend(IfNoneMatch.shape) },
    problems: ["forbidden"],
    responses: {
      200: {
        ...jsonOrCsvResponse("A page of products", ProductList, columnNames(productCsvColumns)),
        headers: RevalidatedHeaders,
      },
      ...notModified,
    },
  }),
  async (c) => {
    const query = c.req.valid("query");
    if (query.format === "csv") {
      const ctx = actorContext(c);
      if (!isStaff(ctx)) throw new Problem("forbidden", "The export requires the role EMPLOYEE or ADMIN.");
      return c.body(await productsCsv(ctx, query, csvFormat(ctx, query)), 200, csvHeaders(ctx, "products"));
    }
    const page =
      query.updated_since === undefined
        ? await listProducts(shopContext(c), query)
        : await listUpdates(shopContext(c), query.updated_since, query);
    const body = ProductList.parse(page);
    return isCurrent(c, `"${digestOf(body)}"`) ? c.body(null, 304) : c.json(body, 200);
  },
);

// Registered before /products/{id}, which also matches its path.
productRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/products/categories",
    operationId: "listCategories",
    summary: "List the categories of a shop, largest first",
    tags,
    request: { query: ShopQuery, headers: ShopHeader },
    responses: { 200: jsonResponse("Each category with its number of products", CategoryCounts) },
  }),
  async (c) => c.json(CategoryCounts.parse(await listCategories(shopContext(c))), 200),
);

productRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/products/lookup",
    operationId: "lookUpProduct",
    summary: "Get the product of a scanned or typed code",
    description:
      "Finds the product with this barcode; if there is none, the newest with this ISBN; if there is none, the one with this SKU. A UPC-A also finds its EAN-13, and an ISBN-10 its ISBN-13. If none has it, a code of 13 digits with a prefix in `scale_codes` of the shop finds the product of its item number: the product whose barcode is the code with the value 0, or whose SKU is the item number, with or without leading zeros. `scale` then has the quantity or the price in the code. Staff also get hidden products.",
    tags,
    request: { query: LookupQuery, headers: ShopHeader.extend(IfNoneMatch.shape) },
    problems: ["unknown-code"],
    responses: {
      200: {
        ...jsonResponse("The product and the kind of code that matched", LookedUpProduct),
        headers: RevalidatedHeaders,
      },
      ...notModified,
    },
  }),
  async (c) => {
    const product = LookedUpProduct.parse(await lookUpProduct(shopContext(c), c.req.valid("query").code));
    return isCurrent(c, bodyEtagOf(product)) ? c.body(null, 304) : c.json(product, 200);
  },
);

productRoutes.openapi(
  operation("employee", {
    scope: "products:write",
    method: "post",
    path: "/products",
    operationId: "createProduct",
    summary: "Add a product",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewProduct) },
    problems: ["sku-taken", "barcode-taken", "unknown-tax-rate"],
    responses: {
      201: { ...jsonResponse("The product", Product), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const product = withReplayHeader(c, await addProduct(actorContext(c), c.req.valid("json"), key));
    return c.json(withLocation(c, "products", withEtag(c, Product.parse(product))), 201);
  },
);

productRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/products/{id}",
    operationId: "getProduct",
    summary: "Get a product",
    tags,
    request: {
      params,
      query: ShopQuery,
      headers: ShopHeader.extend(IfNoneMatch.shape),
    },
    responses: {
      200: { ...jsonResponse("The product", Product), headers: RevalidatedHeaders },
      ...notModified,
    },
  }),
  async (c) => {
    const product = Product.parse(await getProduct(shopContext(c), c.req.valid("param").id));
    return isCurrent(c, bodyEtagOf(product)) ? c.body(null, 304) : c.json(product, 200);
  },
);

productRoutes.openapi(
  operation("employee", {
    scope: "products:write",
    method: "patch",
    path: "/products/{id}",
    operationId: "updateProduct",
    summary: "Change a product",
    description:
      "Send If-Match with the ETag that was read to change only that version; the setting require_if_match makes it required. To change the stock use POST /products/{id}/stock.",
    tags,
    request: { params, headers: IfMatch, body: jsonBody(ProductPatch) },
    problems: ["sku-taken", "barcode-taken", "unknown-tax-rate"],
    responses: {
      200: { ...jsonResponse("The product", Product), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const ifMatch = c.req.valid("header")["if-match"];
    const product = await changeProduct(
      actorContext(c),
      c.req.valid("param").id,
      c.req.valid("json"),
      ifMatch,
    );
    return c.json(withEtag(c, Product.parse(product)), 200);
  },
);

productRoutes.openapi(
  operation("employee", {
    scope: "products:write",
    method: "put",
    path: "/products/{id}/barcodes",
    operationId: "replaceBarcodes",
    summary: "Replace the barcodes of a product",
    description:
      "An empty list removes all. A hidden product keeps its barcodes. 409 `barcode-taken` names the product that has one of them.",
    tags,
    request: { params, headers: IfMatch, body: jsonBody(BarcodesBody) },
    problems: ["barcode-taken"],
    responses: {
      200: { ...jsonResponse("The product", Product), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const product = await changeProduct(
      actorContext(c),
      id,
      c.req.valid("json"),
      c.req.valid("header")["if-match"],
    );
    return c.json(withEtag(c, Product.parse(product)), 200);
  },
);

productRoutes.openapi(
  operation("employee", {
    scope: "products:write",
    method: "delete",
    path: "/products/{id}",
    operationId: "hideProduct",
    summary: "Hide a product",
    description: "A hidden product cannot be found or bought. Its sales remain.",
    tags,
    request: { params, headers: IfMatch },
    responses: { 204: { description: "Hidden" } },
  }),
  async (c) => {
    await hideProduct(actorContext(c), c.req.valid("param").id, c.req.valid("header")["if-match"]);
    return c.body(null, 204);
  },
);
