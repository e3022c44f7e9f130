// The API that a shop would write for itself on Express and PostgreSQL: it stores sales and lists them, and does nothing else. There is no
// shop, token, stock, tax, receipt, key or event. Prints its URL; PGHOST and the like name the server, as for every client of PostgreSQL.
// oxlint-disable no-async-endpoint-handlers -- Express 5 answers 500 where a handler rejects.
import { randomUUID } from "node:crypto";
import express from "express";
import { Pool } from "pg";

const KPI_SECONDS = 60;

const pool = new Pool({ max: 10 });
await pool.query(`
  CREATE TABLE products (id uuid PRIMARY KEY, title text NOT NULL, price bigint NOT NULL);
  CREATE TABLE sales (id uuid PRIMARY KEY, placed_at timestamptz NOT NULL, total bigint NOT NULL);
  CREATE INDEX sales_placed_at ON sales (placed_at DESC, id);
  CREATE TABLE sale_lines (sale_id uuid NOT NULL REFERENCES sales, line_no int NOT NULL, product_id uuid NOT NULL REFERENCES products,
    quantity int NOT NULL CHECK (quantity > 0), unit_price bigint NOT NULL, PRIMARY KEY (sale_id, line_no));
`);

/** In a transaction, which is rolled back if `work` throws. */
async function transaction(work) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const app = express();
app.use(express.json());

app.post("/api/v1/products", async (request, response) => {
  const { id, title, price } = request.body;
  await pool.query("INSERT INTO products VALUES ($1, $2, $3)", [id, title, price]);
  response.status(201).json({ id, title, price });
});

app.post("/api/v1/sales", async (request, response) => {
  const { items } = request.body;
  if (!Array.isArray(items) || items.some(({ quantity }) => !Number.isInteger(quantity) || quantity < 1))
    throw Object.assign(new Error("items are not valid"), { status: 422 });
  const ids = items.map(({ product_id: id }) => id);
  const { rows } = await pool.query("SELECT id, price::int FROM products WHERE id = ANY($1)", [ids]);
  const prices = new Map(rows.map(({ id, price }) => [id, price]));
  if (ids.some((id) => !prices.has(id)))
    throw Object.assign(new Error("a product is unknown"), { status: 422 });
  const lines = items.map(({ product_id: id, quantity }) => ({ id, quantity, price: prices.get(id) }));
  const sale = {
    id: randomUUID(),
    placed_at: new Date(),
    total: lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0),
  };
  await transaction(async (client) => {
    await client.query("INSERT INTO sales VALUES ($1, $2, $3)", [sale.id, sale.placed_at, sale.total]);
    await client.query(
      `INSERT INTO sale_lines SELECT $1, line_no, product_id, quantity, unit_price
       FROM unnest($2::uuid[], $3::int[], $4::bigint[]) WITH ORDINALITY line (product_id, quantity, unit_price, line_no)`,
      [sale.id, ids, lines.map(({ quantity }) => quantity), lines.map(({ price }) => price)],
    );
  });
  response.status(201).json({ ...sale, items: lines });
});

app.get("/api/v1/sales", async (request, response) => {
  const { rows } = await pool.query(
    "SELECT id, placed_at, total::int FROM sales ORDER BY placed_at DESC, id LIMIT $1",
    [Number(request.query.limit ?? 20)],
  );
  response.json({ data: rows });
});

let kpis = { until: 0, body: null };
app.get("/api/v1/metrics/kpis", async (_, response) => {
  if (kpis.until < Date.now()) {
    const { rows } = await pool.query("SELECT count(*)::int sales, sum(total)::int8 revenue FROM sales");
    kpis = { until: Date.now() + KPI_SECONDS * 1000, body: rows[0] };
  }
  response.json(kpis.body);
});

const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
