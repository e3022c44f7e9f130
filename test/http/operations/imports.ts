import { API, call } from "../../support/client.ts";
import { COLUMNS, fileOf, importFile } from "../../support/imports.ts";
import { newShop, type Shop } from "../../support/shops.ts";
import type { Content, Entries } from "./entry.ts";

const csv = (raw: string): Content => ({ raw, headers: { "content-type": "text/csv" } });
const empty = csv(`${COLUMNS}\n`);

async function importId({ admin }: Shop): Promise<string> {
  const { body } = await call("POST", `${API}/imports?kind=sales`, { token: admin.token, ...empty });
  return body.id;
}

const till = { name: "till", kind: "sales", mapping: { columns: { InvoiceNo: "Bon" }, dates: "dmy" } };

async function savedMapping({ admin }: Shop): Promise<string> {
  const name = crypto.randomUUID();
  await call("PUT", `${API}/import-mappings`, { token: admin.token, json: { ...till, name } });
  return name;
}

export const imports: Entries = {
  startImport: {
    role: "ADMIN",
    query: "kind=sales",
    content: csv(fileOf([{}])),
    requires: ["files"],
    idempotency: { testedIn: "test/imports/upload.test.ts, because its body is a file" },
    audit: {
      action: "import.started",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/imports?kind=sales`,
          sent: { token: shop.admin.token, ...empty },
          expected: ({ id }) => ({
            entity_id: id,
            before: null,
            after: { kind: "sales", bytes_total: `${COLUMNS}\n`.length },
          }),
        };
      },
    },
  },
  listImports: { role: "ADMIN" },
  getImport: { role: "ADMIN", resource: importId },
  getImportRejects: { role: "ADMIN", resource: importId },
  getImportRetained: { role: "ADMIN", resource: importId },
  listImportMappings: { role: "ADMIN" },
  saveImportMapping: {
    role: "ADMIN",
    content: { json: till },
    audit: {
      action: "import_mapping.saved",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/import-mappings`,
          sent: { token: shop.admin.token, json: till },
          expected: () => ({
            entity_id: till.name,
            before: null,
            after: { kind: "sales", mapping: { ...till.mapping, constants: {}, rules: {} } },
          }),
        };
      },
    },
  },
  deleteImportMapping: {
    role: "ADMIN",
    resource: savedMapping,
    audit: {
      action: "import_mapping.deleted",
      prepare: async () => {
        const shop = await newShop();
        const name = await savedMapping(shop);
        return {
          shop,
          path: `${API}/import-mappings/${name}`,
          sent: { token: shop.admin.token },
          expected: () => ({
            entity_id: name,
            before: { kind: "sales", mapping: { ...till.mapping, constants: {}, rules: {} } },
            after: null,
          }),
        };
      },
    },
  },
  undoImport: {
    role: "ADMIN",
    resource: importId,
    audit: {
      action: "import.undo_started",
      prepare: async () => {
        const shop = await newShop();
        const { id } = await importFile(shop, fileOf([{}]));
        return {
          shop,
          path: `${API}/imports/${id}`,
          sent: { token: shop.admin.token },
          expected: () => ({ entity_id: id, before: null, after: { kind: "sales", rows_accepted: 1 } }),
        };
      },
    },
  },
};
