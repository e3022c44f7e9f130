import type { Product } from "@mostrador/sdk";
import { price } from "./formats.ts";
import { paletteOf } from "./palette.ts";
import type { View } from "./shop.ts";

type Covered = { sku: string; title: string; author?: string | null; cover_image_url?: string | null };

/** The cover of a product, or one set from its title. It is decoration: the title stands beside it. */
export function Cover({ of: { sku, title, author, cover_image_url: url } }: { of: Covered }) {
  if (url) return <img class="cover" src={url} alt="" loading="lazy" width="240" height="360" />;
  return (
    <span class={`cover set ${paletteOf(sku)}`} aria-hidden="true">
      <span class="cover-title">{title}</span>
      {author && <span class="cover-author">{author}</span>}
    </span>
  );
}

export const isSoldOut = ({ stock }: Product): boolean => stock !== null && stock <= 0;

/** Products, each with a link to its page. */
export function Shelf({ view, products }: { view: View; products: Product[] }) {
  return (
    <ul class="shelf">
      {products.map((product) => (
        <li>
          <a class="product" href={`/products/${product.id}`}>
            <Cover of={product} />
            <span class="product-title">{product.title}</span>
            {product.author && <span class="muted">{product.author}</span>}
            <span class="product-price">
              {price(view, product.price, product.currency, product.unit)}
              {isSoldOut(product) && <span class="badge">{view.words.soldOut}</span>}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** How many of a product: a number, whole for pieces. */
export function QuantityField({
  label,
  unit,
  value,
  isShown = false,
}: {
  label: string;
  unit: Product["unit"];
  value: number;
  isShown?: boolean;
}) {
  const step = unit === "piece" ? "1" : "0.001";
  return (
    <label class="quantity">
      <span class={isShown ? "label" : "hidden"}>{label}</span>
      <input
        type="number"
        name="quantity"
        inputmode="decimal"
        value={String(value)}
        min={step}
        max="999"
        step={step}
        required
      />
    </label>
  );
}

/** Nothing to show: why, and where to go. */
export function Empty({ title, text, view }: { title: string; text: string; view: View }) {
  return (
    <section class="empty">
      <h1>{title}</h1>
      <p class="muted">{text}</p>
      <a class="button" href="/">
        {view.words.seeProducts}
      </a>
    </section>
  );
}
