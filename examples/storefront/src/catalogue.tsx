// The list of products, their search, and the page of a product.
import { Hono } from "hono";
import type { Mostrador } from "@mostrador/sdk";
import { Page } from "./layout.tsx";
import { Home } from "./pages/home.tsx";
import { ProductPage } from "./pages/product.tsx";
import { clientOf, viewOf, type Env } from "./shop.ts";

const A_PAGE = 24;
const SIMILAR = 6;

type Wanted = { q?: string; category?: string; cursor?: string };

async function productsOf(mostrador: Mostrador, { q, category, cursor }: Wanted) {
  const page = { limit: A_PAGE, cursor };
  if (q !== undefined) {
    const { data, next_cursor, did_you_mean } = await mostrador.searchProducts({ q, ...page });
    return { products: data, next: next_cursor, corrected: did_you_mean };
  }
  const filter = { ...(category !== undefined && { category: [category] }), sort: "-rating" as const };
  const { data, next_cursor } = await mostrador.listProducts({ ...filter, ...page });
  return { products: data, next: next_cursor, corrected: null };
}

export const catalogue = new Hono<Env>()
  .get("/", async (c) => {
    const mostrador = clientOf(c);
    const { q: text = "", category, cursor } = c.req.query();
    const query = text.trim().slice(0, 100) || undefined;
    const wanted = {
      ...(query !== undefined && { q: query }),
      ...(category && { category }),
      ...(cursor && { cursor }),
    };
    const [view, found, categories] = await Promise.all([
      viewOf(c, mostrador),
      productsOf(mostrador, wanted),
      mostrador.listCategories(),
    ]);
    const listing = { ...found, categories, query: query ?? null, category: category ?? null };
    return c.html(
      <Page view={view} title={query && view.words.resultsFor(query)}>
        <Home view={view} listing={listing} />
      </Page>,
    );
  })
  .get("/products/:id", async (c) => {
    const mostrador = clientOf(c);
    const id = c.req.param("id");
    const [view, product, similar] = await Promise.all([
      viewOf(c, mostrador),
      mostrador.getProduct(id),
      mostrador.listSimilarProducts(id, { limit: SIMILAR }),
    ]);
    if (!product.is_active) return c.notFound();
    return c.html(
      <Page view={view} title={product.title}>
        <ProductPage view={view} product={product} similar={similar.data.map(({ product }) => product)} />
      </Page>,
    );
  });
