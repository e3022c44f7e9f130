// The entry points that Cloudflare calls.
import { app } from "../src/app.ts";
import { queue } from "./queue.ts";
import { scheduled } from "./scheduled.ts";

export { LoginGate } from "./objects/login-gate.ts";
export { ShiftDesk } from "./objects/shift-desk.ts";
export { TenantQuota } from "./objects/tenant-quota.ts";

export default { fetch: app.fetch, scheduled, queue } satisfies ExportedHandler<Env>;
