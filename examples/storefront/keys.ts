// Creates the two keys of a storefront and writes them to .dev.vars: `npm run keys`. By default the shop is that of `npm run dev`.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { memoryStore, Mostrador, type CreatedApiKey } from "@mostrador/sdk";

/** `secret` is for the server, `publishable` for scripts in pages of `origin`. The client belongs to an ADMIN. */
export async function createKeys(
  mostrador: Mostrador,
  origin: string,
): Promise<{ secret: CreatedApiKey; publishable: CreatedApiKey }> {
  const secret = await mostrador.createApiKey({
    name: "Storefront, server",
    kind: "secret",
    scopes: ["shop:read", "products:read", "carts:read", "carts:write", "orders:read"],
  });
  const publishable = await mostrador.createApiKey({
    name: "Storefront, pages",
    kind: "publishable",
    origins: [origin],
  });
  return { secret, publishable };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "http://localhost:8787" },
      origin: { type: "string", default: "http://localhost:8788" },
      tenant: { type: "string", default: "demo" },
      email: { type: "string", default: "ines@mostrador.example" },
      password: { type: "string", default: "mostrador-demo" },
    },
  });
  const { url, origin, tenant, email, password } = values;
  const mostrador = new Mostrador({ url, tenant, session: memoryStore() });
  await mostrador.signIn({ email, password });
  const { secret, publishable } = await createKeys(mostrador, origin);
  await mostrador.signOut();
  const lines = [
    `MOSTRADOR_URL="${url}"`,
    `MOSTRADOR_KEY="${secret.key}"`,
    `PUBLISHABLE_KEY="${publishable.key}"`,
  ];
  writeFileSync(".dev.vars", `${lines.join("\n")}\n`);
  process.stdout.write("Two keys are in .dev.vars. Start the storefront with npm run dev.\n");
}
