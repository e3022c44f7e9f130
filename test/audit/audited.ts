// Which operations that write are in the log, and how each is made to happen; and which are not, with the reason.
import { accounts } from "./audited/accounts.ts";
import type { Case } from "./audited/case.ts";
import { catalogue } from "./audited/catalogue.ts";
import { sales } from "./audited/sales.ts";
import { shifts } from "./audited/shifts.ts";
import { webhooks } from "./audited/webhooks.ts";

export const audited: Record<string, Case> = { ...accounts, ...catalogue, ...sales, ...shifts, ...webhooks };

const document = "a document that names its maker and is not changed";
const own = "what a person keeps for himself";
const shiftStep = "a step of one's own shift, which keeps it";
const again = "computes or sends what there is, and changes nothing";

export const notAudited: Record<string, string> = {
  refresh: "goes on with a login that is in the log",
  sell: document,
  checkout: document,
  cancelPurchase: "the buyer's own, and an event",
  stripeWebhook: "told by the provider; payments keep it",
  addFavorite: own,
  dropFavorite: own,
  addWish: own,
  dropWish: own,
  addToCart: own,
  setInCart: own,
  takeFromCart: own,
  emptyCart: own,
  startShift: shiftStep,
  joinShift: shiftStep,
  startBreak: shiftStep,
  endBreak: shiftStep,
  endShift: shiftStep,
  takeActivity: shiftStep,
  moveCash: shiftStep,
  runRollup: again,
  runLake: again,
  pingWebhook: again,
  replayDelivery: "sends what there is; the log of the endpoint has it",
};
