import { sql, type SQL } from "drizzle-orm";

/** SQL: whether a shop has an endpoint that is enabled, so that an event which is inserted now may have deliveries. */
export const hasEnabledEndpoint = (tenantId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM webhook_endpoints WHERE tenant_id = ${tenantId} AND is_enabled = 1)`;
