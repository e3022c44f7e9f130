// `bytes_read` is the checkpoint; it advances in the batch that stores the rows before it.
import { sql } from "drizzle-orm";
import { check, index, foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { tenants } from "../auth/tables.ts";

export const imports = sqliteTable(
  "imports",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    kind: text().notNull(),
    status: text().notNull(),
    error: text(),
    columns: text().notNull(),
    ignoredColumns: text("ignored_columns").notNull(),
    // How the file is read: columns, delimiter, formats and rules.
    plan: text(),
    bytesTotal: integer("bytes_total").notNull(),
    bytesRead: integer("bytes_read").notNull(),
    rowsRead: integer("rows_read").notNull().default(0),
    rowsAccepted: integer("rows_accepted").notNull().default(0),
    rowsRejected: integer("rows_rejected").notNull().default(0),
    // Rows that are empty or no sales, such as those of cancelled orders.
    rowsSkipped: integer("rows_skipped").notNull().default(0),
    actorId: text("actor_id").notNull(),
    createdAt: text("created_at").notNull(),
    startedAt: text("started_at"),
    progressAt: text("progress_at").notNull(),
    finishedAt: text("finished_at"),
    // How often the import was resumed since its last progress.
    resumes: integer().notNull().default(0),
    // Rows of invoices that the shop had already, with the same content.
    rowsKnown: integer("rows_known").notNull().default(0),
    // How far the file was read again for the rows of invoices that were stored in part before one of their rows was rejected.
    bytesReread: integer("bytes_reread").notNull().default(0),
    rowsReread: integer("rows_reread").notNull().default(0),
    // 'undoing' or 'undone' (a trigger); `undo_step` is the checkpoint, which advances in the batch of the deletions.
    undoStatus: text("undo_status"),
    undoStep: text("undo_step").notNull().default(""),
    undoneSales: integer("undone_sales").notNull().default(0),
    undoneProducts: integer("undone_products").notNull().default(0),
    undoRetained: integer("undo_retained").notNull().default(0),
    undoneCustomers: integer("undone_customers").notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // Without the tenant, because the sweep searches all shops.
    index("imports_open")
      .on(t.progressAt)
      .where(sql`finished_at IS NULL`),
    // Finds imports that stall although the sweep resumes them, which resets progress_at.
    index("imports_resumed")
      .on(t.resumes)
      .where(sql`finished_at IS NULL AND resumes > 0`),
    check("imports_kind", sql`kind IN ('sales', 'products')`),
    check("imports_status", sql`status IN ('queued', 'running', 'done', 'failed')`),
  ],
);

export const importRejects = sqliteTable(
  "import_rejects",
  {
    tenantId: text("tenant_id").notNull(),
    importId: text("import_id").notNull(),
    row: integer().notNull(),
    reason: text().notNull(),
    text: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.importId, t.row] }),
    foreignKey({ columns: [t.tenantId, t.importId], foreignColumns: [imports.tenantId, imports.id] }),
  ],
);

// Invoices of which a row was rejected, so that none of their rows is stored. Rows before `reread_before` were stored by earlier
// chunks and removed again; they are read again at the end of the file. 0: there are none.
export const importHeld = sqliteTable(
  "import_held",
  {
    tenantId: text("tenant_id").notNull(),
    importId: text("import_id").notNull(),
    invoice: text().notNull(),
    reason: text().notNull(),
    rereadBefore: integer("reread_before").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.importId, t.invoice] }),
    foreignKey({ columns: [t.tenantId, t.importId], foreignColumns: [imports.tenantId, imports.id] }),
  ],
);

// What the undo of an import left in place, and why.
export const importRetained = sqliteTable(
  "import_retained",
  {
    tenantId: text("tenant_id").notNull(),
    importId: text("import_id").notNull(),
    kind: text().notNull(),
    id: text().notNull(),
    reference: text().notNull(),
    reason: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.importId, t.kind, t.id] }),
    foreignKey({ columns: [t.tenantId, t.importId], foreignColumns: [imports.tenantId, imports.id] }),
    check("import_retained_kind", sql`kind IN ('sale', 'product')`),
  ],
);

// Mappings that are saved under a name, for files that come again. A trigger limits their number.
export const importMappings = sqliteTable(
  "import_mappings",
  {
    tenantId: text("tenant_id")
      .notNull()
      .references(() => tenants.id),
    name: text().notNull(),
    kind: text().notNull(),
    mapping: text().notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.name] }),
    check("import_mappings_kind", sql`kind IN ('sales', 'products')`),
  ],
);
