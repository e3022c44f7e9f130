import { csvFormat, csvHeaders } from "../http/csv.ts";
import { jsonOrCsvResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext } from "../http/app-context.ts";
import { columnNames } from "../values/csv.ts";
import { auditColumns, auditCsv, listAudit } from "./list.ts";
import { AuditList, AuditQuery } from "./schema.ts";

export const auditRoutes = router();

auditRoutes.openapi(
  operation("admin", {
    scope: "audit:read",
    method: "get",
    path: "/audit",
    operationId: "listAudit",
    summary: "List the audit log, newest first",
    description:
      "Contains changes to accounts, settings, products, stock, tax rates, payments, shifts and webhooks, as well as refunds, imports and " +
      "logins. Sales and purchases are not included, since they name their seller or customer; a sale by an API key is. CSV contains all entries and " +
      "ignores limit and cursor.",
    tags: ["Audit"],
    request: { query: AuditQuery },
    responses: { 200: jsonOrCsvResponse("A page of the log", AuditList, columnNames(auditColumns)) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = shopContext(c);
    if (query.format === "json") return c.json(AuditList.parse(await listAudit(ctx, query)), 200);
    return c.body(await auditCsv(ctx, query, csvFormat(ctx, query)), 200, csvHeaders(ctx, "audit"));
  },
);
