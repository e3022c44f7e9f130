// PINs with which an ADMIN approves. All share one hash.
import { hashPassword } from "../../src/auth/login/passwords.ts";
import type { Tenant } from "../../src/platform/context.ts";
import { change } from "./change.ts";
import type { Person } from "./shops.ts";

// Long enough not to be part of a random id.
export const PIN = "48217093";

let hash: string | undefined;

/** Stores the PIN of a person. */
export async function storePin(tenant: Tenant, person: Pick<Person, "id">): Promise<void> {
  hash ??= hashPassword(PIN);
  await change(
    "INSERT INTO approval_pins (tenant_id, user_id, pin_hash, updated_at) VALUES (?, ?, ?, ?)",
    tenant.id,
    person.id,
    hash,
    new Date().toISOString(),
  );
}
