import { z } from "@hono/zod-openapi";
import { clearLoginCookies } from "../auth/access.ts";
import { clientAddress } from "../http/client-address.ts";
import { jsonBody, streamedJson } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { userContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { eraseCustomer, eraseMe, eraseUser } from "./account.ts";
import { exportMe } from "./export.ts";
import { Erasure, PersonalDataExport } from "./schema.ts";

export const erasureRoutes = router();

const tags = ["Shops and accounts"];

const description =
  "E-mail, names, preferences, favorites, wishlist and cart are deleted at once and all sessions end. Addresses and devices in older " +
  "documents follow within minutes, in the lake by the next nightly build. Sales, shifts and the audit log stay, by id. Refused (409) with " +
  "an open shift or a pending purchase. The e-mail can be registered again.";

erasureRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "delete",
    path: "/users/me",
    operationId: "eraseMyAccount",
    summary: "Erase my account",
    description: `${description} Requires the current password; a wrong one counts as a failed sign-in.`,
    tags,
    request: { body: jsonBody(Erasure) },
    problems: ["invalid-credentials", "last-admin", "shift-open", "purchase-pending", "too-many-attempts"],
    responses: { 204: { description: "Erased" } },
  }),
  async (c) => {
    await eraseMe(userContext(c), c.req.valid("json").password, clientAddress(c));
    clearLoginCookies(c);
    return c.body(null, 204);
  },
);

erasureRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "delete",
    path: "/users/{id}",
    operationId: "eraseUser",
    summary: "Erase another account",
    description: `${description} Your own account answers 403: use DELETE /users/me.`,
    tags,
    request: { params: z.object({ id: Id }) },
    problems: ["last-admin", "shift-open", "purchase-pending"],
    responses: { 204: { description: "Erased" } },
  }),
  async (c) => {
    await eraseUser(userContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

erasureRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "delete",
    path: "/customers/{id}",
    operationId: "eraseCustomer",
    summary: "Erase a customer without an account",
    description:
      "Removes everything that describes the person, also from records that were merged into this one; addresses in older sales follow within minutes. The sales stay, by id. Refused (409) with a pending order, and for a customer with an account: erase that with DELETE /users/{id}.",
    tags: ["Customers"],
    request: { params: z.object({ id: Id }) },
    problems: ["belongs-to-account", "purchase-pending"],
    responses: { 204: { description: "Erased" } },
  }),
  async (c) => {
    await eraseCustomer(userContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

erasureRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/customers/me/export",
    operationId: "exportMyData",
    summary: "Download everything that the shop holds about me",
    description:
      "The account, the customer record, sales with their lines and payments, favorites, wishlist, cart, logins, mails and the entries of the audit log. Mails are included only for a confirmed address. A failure aborts the download.",
    tags: ["Customers"],
    responses: { 200: { description: "The data", content: streamedJson(PersonalDataExport) } },
  }),
  async (c) => {
    const body = await exportMe(userContext(c));
    return c.body(body, 200, {
      "content-type": "application/json",
      "content-disposition": 'attachment; filename="my-data.json"',
    });
  },
);
