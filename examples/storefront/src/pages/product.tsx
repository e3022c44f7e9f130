import type { Product } from "@mostrador/sdk";
import { amount, price } from "../formats.ts";
import { Cover, isSoldOut, QuantityField, Shelf } from "../parts.tsx";
import type { View } from "../shop.ts";

const FEW = 5;

function Stock({ view, product }: { view: View; product: Product }) {
  const { words } = view;
  if (isSoldOut(product)) return <p class="badge bad">{words.soldOut}</p>;
  const { stock, unit } = product;
  const isFew = stock !== null && stock <= FEW;
  return (
    <p class={isFew ? "badge warn" : "badge good"}>
      {isFew ? words.left(amount(view, stock, unit)) : words.inStock}
    </p>
  );
}

function Details({ view: { words, language }, product }: { view: View; product: Product }) {
  const names = new Intl.DisplayNames(language, { type: "language", fallback: "code" });
  const facts: [string, string | number | null][] = [
    [words.author, product.author],
    [words.publisher, product.publisher],
    [words.year, product.publication_year],
    [words.pages, product.pages],
    [
      words.bookLanguage,
      /^[a-z]{2,3}$/.test(product.language ?? "")
        ? (names.of(product.language ?? "") ?? null)
        : product.language,
    ],
    [words.isbn, product.isbn],
  ];
  const known = facts.filter(([, value]) => value !== null);
  if (known.length === 0) return null;
  return (
    <section aria-labelledby="about">
      <h2 id="about">{words.about}</h2>
      <dl>
        {known.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function ProductPage({
  view,
  product,
  similar,
  problem,
}: {
  view: View;
  product: Product;
  similar: Product[];
  problem?: string | undefined;
}) {
  const { words } = view;
  return (
    <>
      <article class="detail">
        <Cover of={product} />
        <div class="detail-text">
          {product.category !== null && (
            <a class="quiet" href={`/?category=${encodeURIComponent(product.category)}`}>
              {product.category}
            </a>
          )}
          <h1>{product.title}</h1>
          {product.author && <p class="muted">{product.author}</p>}
          <p class="price">{price(view, product.price, product.currency, product.unit)}</p>
          <Stock view={view} product={product} />
          {problem !== undefined && (
            <p class="notice bad" role="alert">
              {problem}
            </p>
          )}
          {!isSoldOut(product) && (
            <form class="buy" method="post" action="/cart">
              <input type="hidden" name="product" value={product.id} />
              <QuantityField label={words.quantity} unit={product.unit} value={1} isShown />
              <button class="button">{words.addToCart}</button>
            </form>
          )}
          {product.description && <p class="description">{product.description}</p>}
          <Details view={view} product={product} />
        </div>
      </article>
      {similar.length > 0 && (
        <section aria-labelledby="similar">
          <h2 id="similar">{words.similar}</h2>
          <Shelf view={view} products={similar} />
        </section>
      )}
    </>
  );
}
