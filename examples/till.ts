// A till: scan codes; an empty line sells. MOSTRADOR_KEY is an API key with the scopes products:read and sales:write.
import { createInterface } from "node:readline";
import { formatMoney, isProblem, Mostrador, type NewSale } from "@mostrador/sdk";

export async function till(
  mostrador: Mostrador,
  codes: AsyncIterable<string>,
  print: (text: string) => void,
) {
  let items: NewSale["items"] = [];
  for await (const code of codes) {
    try {
      if (code !== "") {
        const { id, title, price, currency } = await mostrador.lookUpProduct({ code });
        items.push({ product_id: id, quantity: 1 });
        print(`${title}  ${formatMoney(price, currency, "en")}`);
      } else if (items.length > 0) {
        const { number, total, currency } = await mostrador.createSale({ items, payment_method: "cash" });
        print(`${number}  ${formatMoney(total, currency, "en")}`);
        items = [];
      }
    } catch (error) {
      if (!isProblem(error, "unknown-code", "out-of-stock")) throw error;
      print(error.detail);
    }
  }
}

if (import.meta.main) {
  const { MOSTRADOR_URL: url, MOSTRADOR_KEY: apiKey } = process.env;
  await till(new Mostrador({ url, apiKey }), createInterface(process.stdin), console.log);
}
