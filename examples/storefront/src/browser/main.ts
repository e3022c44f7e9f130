// The script of all pages. Without it they work too: it saves pressing Enter, Update and Reload.
import { updateOnChange } from "./cart.ts";
import { followOrder } from "./order.ts";
import { suggestProducts } from "./search.ts";

suggestProducts();
followOrder();
updateOnChange();
