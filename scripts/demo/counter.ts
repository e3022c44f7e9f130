// Today's counter sales of the demo shop, one of which is refunded in part.
import { bodyOf, post, textAt, type Caller } from "./api.ts";

/** `books` are pairs of a book's position in the catalogue and a quantity. */
const SALES = [
  {
    payment_method: "card",
    country: "Spain",
    books: [
      [3, 1],
      [57, 2],
    ],
  },
  { payment_method: "cash", country: "Spain", books: [[120, 1]] },
  {
    payment_method: "card",
    country: "Portugal",
    books: [
      [8, 1],
      [31, 1],
      [204, 1],
    ],
  },
  { payment_method: "cash", country: "Spain", books: [[77, 3]] },
  {
    payment_method: "transfer",
    country: "France",
    books: [
      [150, 2],
      [262, 1],
    ],
  },
] as const;

/** Makes the sales, by the sellers in turn, and refunds one book of the first sale. `ids` are the books' ids in the order of the catalogue. */
export async function sellToday(sellers: Caller[], ids: string[]): Promise<void> {
  const sold: { id: string; seller: Caller; productId: string }[] = [];
  for (const [index, { books, ...rest }] of SALES.entries()) {
    const seller = sellers[index % sellers.length];
    const items = books.map(([position, quantity]) => ({ product_id: ids[position], quantity }));
    const [productId] = items.map((item) => item.product_id);
    if (!seller || productId === undefined) throw new Error("The demo shop has no staff or too few books.");
    const sale = await post(seller, "/sales", `demo-counter-${index + 1}`, { ...rest, items });
    sold.push({ id: textAt(bodyOf("A counter sale", sale, 201), "id"), seller, productId });
  }
  const [first] = sold;
  if (!first) return;
  const items = [{ product_id: first.productId, quantity: 1 }];
  const body = { items, reason: "unwanted present", restock: true };
  bodyOf(
    "The refund",
    await post(first.seller, `/sales/${first.id}/refunds`, "demo-counter-refund", body),
    201,
  );
}
