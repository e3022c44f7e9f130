import { clientAddress } from "../../http/client-address.ts";
import { jsonBody, jsonResponse } from "../../http/content.ts";
import {
  IdempotencyHeader,
  ShopHeader,
  ShopQuery,
  withLocationAt,
  withReplayHeader,
} from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext, shopContext } from "../../http/app-context.ts";
import { countAttempt } from "../login/attempts.ts";
import { PaymentMethodList, PaymentMethodsBody } from "./payment-methods-schema.ts";
import { listPaymentMethods, replacePaymentMethods } from "./payment-methods.ts";
import { ChangedShop, Shop, ShopPatch } from "./profile-schema.ts";
import { changeShop, getShop } from "./profile.ts";
import { NewTenant, Settings, SettingsPatch, TenantMade } from "./schema.ts";
import { changeSettings, getSettings } from "./settings.ts";
import { openTenant } from "./tenants.ts";

export const shopRoutes = router();

const tags = ["Shops and accounts"];

shopRoutes.openapi(
  operation("public", {
    scope: "none",
    method: "post",
    path: "/tenants",
    operationId: "createTenant",
    summary: "Open a shop with its first ADMIN",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewTenant) },
    problems: ["signup-closed", "slug-taken", "too-many-attempts"],
    responses: { 201: jsonResponse("The shop and its ADMIN", TenantMade) },
  }),
  async (c) => {
    await countAttempt(c.var.base, clientAddress(c));
    const result = await openTenant(
      c.var.base,
      c.req.valid("json"),
      c.req.valid("header")["idempotency-key"],
    );
    const opened = TenantMade.parse(withReplayHeader(c, result));
    return c.json(withLocationAt(c, `shop?tenant=${opened.tenant.slug}`, opened), 201);
  },
);

shopRoutes.openapi(
  operation("public", {
    scope: "shop:read",
    method: "get",
    path: "/shop",
    operationId: "getShop",
    summary: "Get the profile of the shop",
    description:
      "EMPLOYEE and ADMIN also get the tax id, the contact data, the rules and the layouts of scale codes.",
    tags,
    request: { query: ShopQuery, headers: ShopHeader },
    responses: { 200: jsonResponse("The shop", Shop) },
  }),
  async (c) => c.json(Shop.parse(await getShop(shopContext(c))), 200),
);

shopRoutes.openapi(
  operation("admin", {
    scope: "shop:write",
    method: "patch",
    path: "/shop",
    operationId: "updateShop",
    summary: "Change the profile of the shop",
    description:
      "Omitted fields are unchanged, null clears a field. Takes effect with the next request. The currency can change only while there are no sales and no import in progress: 409 currency-in-use; prices are not converted. After a change of the time zone, past sales, refunds and shifts keep their day, and new ones get their day in the new time zone. `warnings` says what the change entails.",
    tags,
    request: { body: jsonBody(ShopPatch) },
    problems: ["currency-in-use"],
    responses: { 200: jsonResponse("The shop", ChangedShop) },
  }),
  async (c) => c.json(ChangedShop.parse(await changeShop(actorContext(c), c.req.valid("json"))), 200),
);

shopRoutes.openapi(
  operation("admin", {
    scope: "shop:read",
    method: "get",
    path: "/settings",
    operationId: "getSettings",
    summary: "Get the settings of the shop",
    tags,
    responses: { 200: jsonResponse("The settings", Settings) },
  }),
  async (c) => c.json(Settings.parse(await getSettings(actorContext(c))), 200),
);

shopRoutes.openapi(
  operation("admin", {
    scope: "shop:write",
    method: "patch",
    path: "/settings",
    operationId: "updateSettings",
    summary: "Change the settings of the shop",
    description: "Omitted settings are unchanged. Takes effect with the next request.",
    tags,
    request: { body: jsonBody(SettingsPatch) },
    responses: { 200: jsonResponse("The settings", Settings) },
  }),
  async (c) => c.json(Settings.parse(await changeSettings(actorContext(c), c.req.valid("json"))), 200),
);

shopRoutes.openapi(
  operation("employee", {
    scope: "shop:read",
    method: "get",
    path: "/payment-methods",
    operationId: "listPaymentMethods",
    summary: "List the payment methods of the shop",
    description: "The built-in ones first, and then those that the shop added.",
    tags,
    responses: { 200: jsonResponse("The payment methods", PaymentMethodList) },
  }),
  async (c) => c.json(PaymentMethodList.parse(await listPaymentMethods(shopContext(c))), 200),
);

shopRoutes.openapi(
  operation("admin", {
    scope: "shop:write",
    method: "put",
    path: "/payment-methods",
    operationId: "replacePaymentMethods",
    summary: "Replace the payment methods that the shop adds to the built-in ones",
    description:
      "An empty list removes all. Past payments keep their method even if the shop no longer has it.",
    tags,
    request: { body: jsonBody(PaymentMethodsBody) },
    responses: { 200: jsonResponse("The payment methods", PaymentMethodList) },
  }),
  async (c) => {
    const { methods } = c.req.valid("json");
    return c.json(PaymentMethodList.parse(await replacePaymentMethods(actorContext(c), methods)), 200);
  },
);
