import type { CategoryListItem, Product } from "@mostrador/sdk";
import { Shelf } from "../parts.tsx";
import type { View } from "../shop.ts";

type Listing = {
  products: Product[];
  next: string | null;
  category: string | null;
  query: string | null;
  corrected: string | null;
  categories: CategoryListItem[];
};

const hrefOf = (params: Record<string, string | null>): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== null) query.set(name, value);
  return query.size === 0 ? "/" : `/?${query}`;
};

function Categories({ view, listing }: { view: View; listing: Listing }) {
  const chip = (name: string, category: string | null) => (
    <li>
      <a
        class="chip"
        href={hrefOf({ category })}
        aria-current={category === listing.category ? "page" : undefined}
      >
        {name}
      </a>
    </li>
  );
  return (
    <nav aria-label={view.words.categories}>
      <ul class="chips">
        {chip(view.words.everything, null)}
        {listing.categories.map(({ category }) => chip(category, category))}
      </ul>
    </nav>
  );
}

/** The products of the shop, of a category, or that a search has found. */
export function Home({ view, listing }: { view: View; listing: Listing }) {
  const { words } = view;
  const { query, products, corrected, next, category } = listing;
  return (
    <>
      {query === null ? (
        <section class="hero">
          <h1>{words.welcome}</h1>
          <p>{words.welcomeText}</p>
        </section>
      ) : (
        <section class="results">
          <h1>{words.resultsFor(query)}</h1>
          <p class="muted">
            {products.length === 0 ? words.nothingFound : corrected !== null && words.correctedTo(corrected)}
          </p>
        </section>
      )}
      {query === null && <Categories view={view} listing={listing} />}
      <Shelf view={view} products={products} />
      {next !== null && (
        <p class="more">
          <a class="button secondary" href={hrefOf({ q: query, category, cursor: next })}>
            {words.more}
          </a>
        </p>
      )}
    </>
  );
}
