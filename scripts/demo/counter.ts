// What the staff sell over the counter today: a few sales, and one that is brought back.
import { expected, post, textAt, type Caller } from "./api.ts";

/** The place of each book in the catalogue, and how many of it. */
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

/** Sells as the sellers in turn, and refunds one book of the first sale. `ids` are the books' in the order of the catalogue. */
export async function sellToday(sellers: Caller[], ids: string[]): Promise<void> {
  const made: { id: string; seller: Caller; productId: string }[] = [];
  for (const [index, { books, ...rest }] of SALES.entries()) {
    const seller = sellers[index % sellers.length];
    const items = books.map(([place, quantity]) => ({ product_id: ids[place], quantity }));
    const [productId] = items.map((item) => item.product_id);
    if (!seller || productId === undefined) throw new Error("the demo shop lacks staff or books");
    const sale = await post(seller, "/sales", `demo-counter-${index + 1}`, { ...rest, items });
    made.push({ id: textAt(expected("A counter sale", sale, 201), "id"), seller, productId });
  }
  const [first] = made;
  if (!first) return;
  const items = [{ product_id: first.productId, quantity: 1 }];
  const body = { items, reason: "unwanted present", restock: true };
  expected(
    "The refund",
    await post(first.seller, `/sales/${first.id}/refunds`, "demo-counter-refund", body),
    201,
  );
}
