// What a program uses of this package.
export { Mostrador, type MostradorOptions } from "./client.ts";
export type * from "./generated/types.ts";
export {
  decimalsOf,
  formatMoney,
  formatQuantity,
  lineTotal,
  majorUnits,
  parseMoney,
  parseQuantity,
  toThousandths,
} from "./money.ts";
export type { Pages } from "./pages.ts";
export { ConnectionError, isProblem, Problem, type ProblemOf, type ProblemSlug } from "./problem.ts";
export { etagOf } from "./request.ts";
export { memoryStore, type Tokens, type TokenStore } from "./session.ts";
export type { CallOptions, RawResponse, UploadBody, UploadOptions } from "./types.ts";
export { verifyWebhook, WebhookError } from "./webhook.ts";
