// A till in Deno on the SDK: sells one unit of a product, then asks for more than there is. Arguments: URL, API key, product.
import { isProblem, Mostrador } from "../../sdk/src/index.ts";

const [url, apiKey, product_id] = Deno.args;
const mostrador = new Mostrador({ url, apiKey });
const sell = (quantity: number) =>
  mostrador.createSale({ items: [{ product_id, quantity }], payment_method: "cash" });

const { units } = await sell(1);
try {
  await sell(100);
} catch (error) {
  if (!isProblem(error, "out-of-stock")) throw error;
  console.log(JSON.stringify({ units, available: error.items.map(({ available }) => available) }));
}
