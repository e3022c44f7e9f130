// Generated from openapi.json by npm run openapi. Do not edit.

import type { Pages } from "../pages.ts";
import type { CallOptions, Mode, Result, UploadBody, UploadOptions } from "../types.ts";

export type AbandonedCartList = {
  /** when the figures were calculated */
  as_of: string;
  currency: string;
  data: AbandonedCartListDataItem[];
  next_cursor: string | null;
};

export type AbandonedCartListDataItem = {
  /** when a product was last added */
  added_at: string;
  /** the same as customer_id, except for a guest */
  cart_id: string;
  /** null for a guest */
  customer_id: string | null;
  lines: number;
  /** null for a guest, and to an EMPLOYEE */
  name: string | null;
  /** in the unit of the product, with at most three decimals */
  units: number;
  /** at present prices before tax rules, in minor units */
  value: number;
};

export type Acceptance = {
  password: string;
  /** The `token` of the link in the mail */
  token: string;
};

export type ActiveShift = {
  /** labels of the devices in use */
  devices: (string | null)[];
  name: string;
  on_break: boolean;
  role: Role;
  /** worked seconds: elapsed time without unpaid breaks */
  seconds: number;
  shift_id: string;
  start_at: string;
  user_id: string;
};

/** Sorted by start, the longest shift first. */
export type ActiveShiftList = {
  data: ActiveShift[];
};

export type Activity = {
  at: string;
  /** when the server received it */
  created_at: string;
  detail: string | null;
  id: string;
  kind: string;
  platform: string;
};

export type ActivityBatch = {
  events: ActivityBatchEventsItem[];
};

export type ActivityBatchEventsItem = {
  at: string;
  detail?: string | undefined;
  /** the id of the event at the client; without it, events with the same content are duplicates */
  id?: string | undefined;
  kind: string;
  platform: string;
};

export type ActivityList = {
  data: Activity[];
  next_cursor: string | null;
};

export type ActivityResult = {
  accepted: number;
  /** events that are already stored for the shift */
  duplicates: number;
  rejected: ActivityResultRejectedItem[];
};

export type ActivityResultRejectedItem = {
  /** the index in `events`, from 0 */
  index: number;
  reason: ActivityResultRejectedItemReason;
};

export type ActivityResultRejectedItemReason = "platform_not_allowed" | "in_the_future" | "before_the_shift" | "too_old";

export type Address = {
  city: string;
  country: string;
  lines: string[];
  name: string;
  postal_code: string;
  region?: string | undefined;
};

export type Alert = {
  closed_at: string | null;
  id: string;
  kind: AlertKind;
  opened_at: string;
  /** of a stock discrepancy: the product whose stock is to be counted; GET /stock/discrepancies has the details */
  product_id: string | null;
  /** of a stock discrepancy: the shift of its sale, if there was one */
  shift_id: string | null;
  /** of a stock discrepancy: the seller; null for a sale by an API key that names none */
  user_id: string | null;
};

export type AlertKind = "idle" | "overlong" | "stock_discrepancy";

export type AlertList = {
  data: Alert[];
  next_cursor: string | null;
};

export type AmountFigures = {
  /** number of sales with a discount */
  discounted_sales: number;
  /** what discounts took off, less what of it refunds undid, in minor units */
  discounts: number;
  /** revenue - tax */
  net: number;
  /** totals of refunds, in minor units, positive */
  refunded: number;
  /** sold - refunded */
  revenue: number;
  /** what cash rounding added to the payments */
  rounding: number;
  /** totals of sales, with tax and after discounts, in minor units */
  sold: number;
  /** tax of sales less that of refunds */
  tax: number;
};

export type AmountFiguresChange = {
  discounted_sales: number | null;
  discounts: number | null;
  net: number | null;
  refunded: number | null;
  revenue: number | null;
  rounding: number | null;
  sold: number | null;
  tax: number | null;
};

export type AmountReport = {
  /** when the figures were calculated */
  as_of: string;
  /** with `compare`: the figures before */
  before?: AmountFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: AmountFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: AmountFiguresChange | undefined;
  compared_with?: ComparedRange | undefined;
  currency: string;
  /** number of sales with a discount */
  discounted_sales: number;
  /** what discounts took off, less what of it refunds undid, in minor units */
  discounts: number;
  /** revenue - tax */
  net: number;
  /** totals of refunds, in minor units, positive */
  refunded: number;
  /** sold - refunded */
  revenue: number;
  /** what cash rounding added to the payments */
  rounding: number;
  /** totals of sales, with tax and after discounts, in minor units */
  sold: number;
  /** tax of sales less that of refunds */
  tax: number;
};

export type ApiKey = {
  allowed_ips: string[];
  created_at: string;
  /** The ADMIN who created it */
  created_by: string;
  expires_at: string | null;
  id: string;
  kind: ApiKeyKind;
  /** The last characters of the key */
  last_four: string;
  /** Accurate to the hour; null if the key was never used */
  last_used_at: string | null;
  name: string;
  origins: string[];
  revoked_at: string | null;
  scopes: string[];
};

/** secret: for servers and scripts, allowed what its scopes name; publishable: for pages of a storefront, allowed public reads, carts and the checkout of guests */
export type ApiKeyKind = "secret" | "publishable";

export type ApiKeyList = {
  data: ApiKey[];
  next_cursor: string | null;
};

export type ApiKeyPatch = {
  /** Of a secret key only; empty: any address may use it */
  allowed_ips?: string[] | undefined;
  /** null: the key does not expire */
  expires_at?: string | null | undefined;
  /** What the key is for. It stays in the audit log for good: do not put personal data in it */
  name?: string | undefined;
  /** Of a publishable key only */
  origins?: string[] | undefined;
  /** As of a new key */
  scopes?: ApiKeyScope[] | undefined;
};

export type ApiKeyRotation = {
  /** How long earlier secrets of the key still work. 0 ends them at once, for a leaked key */
  grace_seconds: number;
};

export type ApiKeyScope = "audit:read" | "carts:read" | "carts:write" | "customers:read" | "customers:write" | "events:read" | "events:write" | "imports:read" | "imports:write" | "lake:read" | "lake:write" | "mails:read" | "mails:write" | "metrics:read" | "metrics:write" | "orders:read" | "orders:write" | "payments:read" | "payments:write" | "products:read" | "products:write" | "rollups:read" | "rollups:write" | "sales:read" | "sales:write" | "shifts:read" | "shifts:write" | "shop:read" | "shop:write" | "stock:read" | "stock:write" | "taxes:read" | "taxes:write" | "users:read" | "webhooks:read" | "webhooks:write";

export type Approval = {
  /** Their PIN */
  pin: string;
  /** The ADMIN who approves */
  user_id: string;
};

export type ApproverList = {
  data: ApproverListDataItem[];
};

export type ApproverListDataItem = {
  first_name: string;
  id: string;
  last_name: string;
};

export type AuditAction = "shop.opened" | "shop.changed" | "user.registered" | "user.added" | "user.changed" | "user.profile_changed" | "user.signed_in" | "user.signed_out" | "user.sessions_ended" | "user.device_approved" | "user.device_denied" | "user.password_changed" | "user.password_set" | "user.password_reset" | "user.email_changed" | "user.invited" | "user.invitation_withdrawn" | "user.pin_set" | "user.pin_removed" | "user.pin_failed" | "user.erased" | "settings.changed" | "payment_methods.changed" | "customer.added" | "customer.changed" | "customer.merged" | "customer.erased" | "sale.added" | "sale.approved" | "sale.voided" | "sale.payments_corrected" | "sale.receipt_mailed" | "sale.written_off" | "platforms.changed" | "product.added" | "product.changed" | "product.hidden" | "product.stock_moved" | "product.sku_ambiguous" | "goal.changed" | "tax_rate.added" | "tax_rate.changed" | "sale.refunded" | "purchase.placed" | "purchase.changed" | "purchase.link_renewed" | "purchase.confirmed" | "purchase.cancelled" | "payment.due_back" | "payment.given_back" | "shift.closed" | "shift.corrected" | "shift.paid_out_approved" | "import.started" | "import.undo_started" | "import_mapping.saved" | "import_mapping.deleted" | "api_key.added" | "api_key.changed" | "api_key.secret_rotated" | "api_key.revoked" | "webhook.added" | "webhook.changed" | "webhook.deleted" | "webhook.secret_rotated" | "dead_letter.replayed" | "mail.retried";

/** The kind of entity that changed */
export type AuditEntity = "shop" | "user" | "settings" | "payment_methods" | "customer" | "sale" | "platforms" | "product" | "goal" | "tax_rate" | "purchase" | "payment" | "shift" | "import" | "import_mapping" | "api_key" | "webhook" | "dead_letter" | "mail";

export type AuditEntry = {
  action: AuditAction;
  /** The account or API key that made the change; null if nobody was signed in */
  actor_id: string | null;
  /** The changed fields after the change. For people, only the names of the fields, the role and is_active */
  after: Record<string, unknown> | null;
  /** The changed fields before the change */
  before: Record<string, unknown> | null;
  created_at: string;
  entity: AuditEntity;
  /** The id of the entity, the month of goals, or the id of the shop for entities of which a shop has only one */
  entity_id: string;
  id: string;
  /** The name of the API key that made the change; null for a person */
  key_name: string | null;
  /** The X-Request-Id of the change; null if the client sent one that is not a UUID */
  request_id: string | null;
};

export type AuditList = {
  data: AuditEntry[];
  next_cursor: string | null;
};

/** Age of the oldest event that has not been exported, excluding dead letters, in the first 100 shops that have one */
export type Backlog = {
  /** Beyond this the service is degraded */
  limit: number;
  /** 0 when nothing is waiting */
  waiting: number;
};

export type BarcodeOwner = {
  id: string;
  sku: string;
  title: string;
};

export type BasketClass = {
  from: number;
  /** in minor units */
  revenue: number;
  sales: number;
  /** share of all sales, from 0 to 1 */
  share: number;
  /** null: without limit */
  to: number | null;
};

export type BasketFigures = {
  /** lines per sale */
  average_lines: number;
  /** the total of a sale in minor units, rounded half away from zero */
  average_sale: number;
  /** units per sale */
  average_units: number;
  sales: number;
};

export type BasketFiguresChange = {
  average_lines: number | null;
  average_sale: number | null;
  average_units: number | null;
  sales: number | null;
};

/** Sales without refunds. */
export type BasketReport = {
  /** when the figures were calculated */
  as_of: string;
  /** lines per sale */
  average_lines: number;
  /** the total of a sale in minor units, rounded half away from zero */
  average_sale: number;
  /** units per sale */
  average_units: number;
  /** with `compare`: the figures before */
  before?: BasketFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: BasketFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: BasketFiguresChange | undefined;
  compared_with?: ComparedRange | undefined;
  currency: string;
  /** sales by their number of lines */
  lines: BasketClass[];
  sales: number;
  /** sales by their units, a fraction of one rounded up */
  units: BasketClass[];
};

export type Break = {
  end_at: string | null;
  id: string;
  paid: boolean;
  start_at: string;
};

/** The revenue of the rows adds up to that of the key figures of the same range; by refund reason, to that of its refunds. Rows are sorted by revenue in descending order, refund reasons by what was refunded, and hours of the week by time: all 168. */
export type Breakdown = {
  /** when the figures were calculated */
  as_of: string;
  by: BreakdownDimension;
  compared_with?: ComparedRange | undefined;
  currency: string;
  data: BreakdownRow[];
};

/** what the rows are */
export type BreakdownDimension = "channel" | "payment_method" | "category" | "refund_reason" | "hour_of_week";

export type BreakdownFigures = {
  /** number of refunds, likewise; null by category */
  refunds: number | null;
  /** revenue minus refunds, in minor units; by payment method without cash rounding */
  revenue: number;
  /** number of sales; one with several payment methods counts with each. Null by category and refund reason */
  sales: number | null;
  /** share of the revenue of all rows, from 0 to 1 */
  share: number;
  /** null by payment method */
  units: number | null;
};

export type BreakdownFiguresChange = {
  refunds: number | null;
  revenue: number | null;
  sales: number | null;
  share: number | null;
  units: number | null;
};

export type BreakdownRow = {
  /** with `compare`: the figures before */
  before?: BreakdownFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: BreakdownFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: BreakdownFiguresChange | undefined;
  /** by hour of the week: 0 to 23 on the shop's clock */
  hour?: number | undefined;
  /** the channel, payment method, category (that the product has now) or reason; null where there is none or it is not known. For an hour of the week its weekday, 1 for Monday, and hour, such as 1 09 */
  key: string | null;
  /** number of refunds, likewise; null by category */
  refunds: number | null;
  /** revenue minus refunds, in minor units; by payment method without cash rounding */
  revenue: number;
  /** number of sales; one with several payment methods counts with each. Null by category and refund reason */
  sales: number | null;
  /** share of the revenue of all rows, from 0 to 1 */
  share: number;
  /** null by payment method */
  units: number | null;
  /** by hour of the week: 1 (Monday) to 7 */
  weekday?: number | undefined;
};

/** Prices and availability are current. Amounts beyond 2^53 - 1 are shown as 2^53 - 1. */
export type Cart = {
  currency: string;
  items: CartItem[];
  /** the tax in the total, in minor units */
  tax: number;
  /** minor units */
  total: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type CartItem = {
  /** whether this quantity can be bought now */
  available: boolean;
  /** null if the stock is not tracked */
  in_stock: number | null;
  /** whether the price has changed since it was added */
  price_changed: boolean;
  /** minor units */
  price_when_added: number;
  product_id: string;
  /** in the unit of the product, with at most three decimals */
  quantity: number;
  sku: string;
  /** minor units */
  subtotal: number;
  /** the tax in the subtotal, in minor units */
  tax: number;
  title: string;
  /** the shop no longer sells the product; total and units do not include it */
  unavailable: boolean;
  unit: Unit;
  /** the current price of a unit, in minor units */
  unit_price: number;
};

export type CartItemPatch = {
  quantity: number;
};

export type CashMove = {
  /** minor units */
  amount: number;
  /** The ADMIN who approved paying out more than the expected cash; null if it was not needed */
  approved_by: string | null;
  created_at: string;
  id: string;
  kind: CashMoveKind;
  reason: string;
  shift_id: string;
  /** what to check, though the request was carried out; usually empty */
  warnings: DrawerWarning[];
};

export type CashMoveKind = "paid_in" | "paid_out";

export type CashMoveList = {
  data: ListedCashMove[];
  next_cursor: string | null;
};

export type CategoryList = CategoryListItem[];

export type CategoryListItem = {
  category: string;
  /** number of visible products */
  products: number;
};

export type ChangedShop = {
  address: ShopAddress;
  /** Whether an EMPLOYEE may set another price than the product's without an approval */
  allow_price_override: boolean;
  brand_color: string | null;
  /** minor units to a multiple of which amounts in cash are rounded; 0 for no rounding */
  cash_rounding: number;
  country: string | null;
  currency: string;
  email: string | null;
  employees_see: EmployeeVisibility;
  legal_name: string | null;
  locale: string;
  /** The largest discount that an EMPLOYEE gives without an approval */
  max_discount_percent: number;
  name: string;
  oversell: OversellRule;
  phone: string | null;
  prices_include_tax: boolean;
  receipt_footer: string | null;
  receipt_header: string | null;
  rules: ShopRules;
  /** The layouts of the barcodes with a weight or price that the shop's scales print */
  scale_codes: ScaleCode[];
  slug: string;
  tax_id: string | null;
  timezone: string;
  /** The consequences of this change; empty if it has none to be aware of */
  warnings: ChangedShopWarningsItem[];
};

export type ChangedShopWarningsItem = {
  code: ChangedShopWarningsItemCode;
  /** What the change does not affect, and what to check */
  detail: string;
};

export type ChangedShopWarningsItemCode = "timezone-changed" | "currency-changed";

export type Checkout = {
  /** defaults to the country of the address */
  country?: string | undefined;
  /** of a guest, for whom it is required */
  email?: string | undefined;
  /** the total that the buyer saw, in minor units; at any other total the response is 409 */
  expected_total?: number | undefined;
  /** in which a guest wants mails */
  language?: string | undefined;
  /** of a guest; by default the name of the address */
  name?: string | undefined;
  payment_method: string;
  /** of a guest */
  phone?: string | undefined;
  shipping_address?: Address | undefined;
};

/** One row for each month of at most 36 in which customers bought for the first time, and in it each month since. */
export type CohortReport = {
  /** when the figures were calculated */
  as_of: string;
  currency: string;
  data: CohortReportDataItem[];
};

export type CohortReportDataItem = {
  /** the month of the first sale */
  cohort: string;
  /** customers whose first sale was in that month */
  customers: number;
  months: CohortReportDataItemMonthsItem[];
};

export type CohortReportDataItemMonthsItem = {
  /** customers of the cohort with a sale in this month */
  active: number;
  month: string;
  /** active / customers */
  retention: number;
  /** revenue minus refunds, in minor units */
  revenue: number;
  /** number of sales to them, without refunds */
  sales: number;
};

/** with `compare`: the days of `before` */
export type ComparedRange = {
  from: string;
  to: string;
  /** the last day counts before this time; null if it counts completely */
  until: string | null;
};

export type Comparison = "none" | "previous" | "year";

export type ComparisonAlignment = "date" | "weekday";

/** A country's figures with its monthly series, from its first to its last sale or refund in the range. */
export type Country = {
  /** when the figures were calculated */
  as_of: string;
  country: string;
  /** ISO 3166-1 alpha-2; null if the name is not that of a country */
  country_code: string | null;
  currency: string;
  customers: number;
  refunds: number;
  /** in minor units */
  revenue: number;
  sales: number;
  series: CountrySeriesItem[];
  /** share of the revenue of all countries, from 0 to 1 */
  share: number;
  /** units of all products, with at most three decimals */
  units: number;
};

export type CountryFigures = {
  customers: number;
  refunds: number;
  /** in minor units */
  revenue: number;
  sales: number;
  /** share of the revenue of all countries, from 0 to 1 */
  share: number;
  /** units of all products, with at most three decimals */
  units: number;
};

export type CountryFiguresChange = {
  customers: number | null;
  refunds: number | null;
  revenue: number | null;
  sales: number | null;
  share: number | null;
  units: number | null;
};

/** Sales without a country are counted as Unspecified. */
export type CountryRanking = {
  /** when the figures were calculated */
  as_of: string;
  compared_with?: ComparedRange | undefined;
  currency: string;
  data: RankedCountry[];
};

export type CountrySeriesItem = {
  /** whether the period has not ended yet */
  partial: boolean;
  /** first day of the period; weeks start on Monday. For an hour its start with the offset of the shop's clock, such as 2026-10-25T02:00:00+02:00: a day on which the clocks change has 23 or 25 */
  period: string;
  refunds: number;
  /** in minor units */
  revenue: number;
  sales: number;
  /** units of all products, with at most three decimals */
  units: number;
};

export type CreatedApiKey = ApiKey & {
  /** The key, returned only here */
  key: string;
};

export type CreatedWebhook = Webhook & {
  /** The secret for Standard Webhooks signatures, returned only once */
  secret: string;
};

export type Credentials = {
  email: string;
  password: string;
  tenant: string;
};

export type CsvDelimiter = "comma" | "semicolon" | "tab";

export type Customer = {
  accepts_mail: boolean;
  /** when the customer agreed */
  accepts_mail_at: string | null;
  addresses: Address[];
  created_at: string;
  email: string | null;
  /** when a mail to the address bounced; until a mail reaches it or the address is entered again, no mails about orders are sent */
  email_bounced_at: string | null;
  /** false without an address, and while an account has not confirmed its address: it identifies nobody then */
  email_confirmed: boolean;
  external_ref: string | null;
  /** whether the customer has an account, which has the same id; name and e-mail are then its */
  has_login: boolean;
  id: string;
  language: string | null;
  name: string | null;
  note: string | null;
  phone: string | null;
  tax_id: string | null;
  updated_at: string;
  version: number;
};

export type CustomerFigures = {
  /** of sales and refunds without a customer */
  anonymous_revenue: number;
  /** distinct customers who bought something or received a refund, as in the key figures; those with refunds only are neither new nor returning */
  customers: number;
  /** those whose first sale is in the range */
  new_customers: number;
  /** of first sales, in minor units */
  new_revenue: number;
  /** those who bought something in the range, and for the first time before it */
  returning_customers: number;
  /** of all other sales to customers, less all refunds to customers */
  returning_revenue: number;
};

export type CustomerFiguresChange = {
  anonymous_revenue: number | null;
  customers: number | null;
  new_customers: number | null;
  new_revenue: number | null;
  returning_customers: number | null;
  returning_revenue: number | null;
};

export type CustomerList = {
  data: Customer[];
  next_cursor: string | null;
};

export type CustomerMerge = {
  /** the customer that remains */
  into: string;
};

export type CustomerPatch = {
  /** whether the customer agreed to mails that no order causes; by default not */
  accepts_mail?: boolean | undefined;
  addresses?: Address[] | undefined;
  email?: string | undefined;
  /** the customer in the files of another system, by which imports find the record */
  external_ref?: string | null | undefined;
  /** BCP 47 language tag, stored in canonical form */
  language?: string | undefined;
  name?: string | undefined;
  note?: string | null | undefined;
  phone?: string | undefined;
  tax_id?: string | null | undefined;
};

/** Sales without a customer are omitted. */
export type CustomerRanking = {
  /** when the figures were calculated */
  as_of: string;
  currency: string;
  data: CustomerRankingDataItem[];
  next_cursor: string | null;
};

export type CustomerRankingDataItem = {
  /** null only until the sales of an earlier import have customers */
  customer_id: string | null;
  /** the customer's `external_ref`, the CustomerID of imported sales */
  customer_ref: string | null;
  /** for an ADMIN, the name of the customer; otherwise null */
  name: string | null;
  /** in minor units */
  revenue: number;
  sales: number;
  /** units of all products, with at most three decimals */
  units: number;
};

/** The three revenues add up to that of the key figures of the same range. */
export type CustomerReport = {
  /** of sales and refunds without a customer */
  anonymous_revenue: number;
  /** when the figures were calculated */
  as_of: string;
  /** with `compare`: the figures before */
  before?: CustomerFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: CustomerFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: CustomerFiguresChange | undefined;
  compared_with?: ComparedRange | undefined;
  currency: string;
  /** distinct customers who bought something or received a refund, as in the key figures; those with refunds only are neither new nor returning */
  customers: number;
  /** those whose first sale is in the range */
  new_customers: number;
  /** of first sales, in minor units */
  new_revenue: number;
  /** those who bought something in the range, and for the first time before it */
  returning_customers: number;
  /** of all other sales to customers, less all refunds to customers */
  returning_revenue: number;
};

export type CustomerWithFigures = Customer & {
  figures: CustomerWithFiguresFigures;
};

export type CustomerWithFiguresFigures = {
  /** spend per order in minor units, rounded half away from zero */
  average: number;
  currency: string;
  /** of the first sale that is not a refund */
  first_day: string | null;
  /** of the last sale that is not a refund */
  last_day: string | null;
  /** completed sales of all channels, without refunds */
  orders: number;
  refunds: number;
  /** sales minus refunds, in minor units */
  spend: number;
  /** units sold minus units refunded, with at most three decimals */
  units: number;
};

/** the order of day, month and year in dates that do not begin with the year */
export type DateOrder = "dmy" | "mdy" | "ymd";

export type DeadLetter = {
  /** The body of the message */
  body?: unknown;
  created_at: string;
  id: string;
  queue: "events";
  /** The time of the last replay */
  replayed_at: string | null;
};

export type DeadLetterList = {
  data: DeadLetter[];
  next_cursor: string | null;
};

export type DecimalSeparator = "point" | "comma";

export type Delivery = {
  attempts: number;
  created_at: string;
  delivered_at: string | null;
  /** The id of the event; the header webhook-id is msg_ followed by it */
  id: string;
  last_error: string | null;
  /** The HTTP status of the last response */
  last_status: number | null;
  next_attempt_at: string | null;
  status: DeliveryStatus;
  type: string;
};

export type DeliveryList = {
  data: Delivery[];
  next_cursor: string | null;
};

/** failed: the endpoint was disabled or deleted, or returned 410; dead: all attempts failed */
export type DeliveryStatus = "pending" | "delivered" | "failed" | "dead";

export type DeviceAuthorization = {
  /** For the polls of the device; never shown */
  device_code: string;
  /** Seconds */
  expires_in: number;
  /** Seconds to wait between polls */
  interval: number;
  /** For the person */
  user_code: string;
  /** The page on which the person enters the code */
  verification_uri: string;
  /** The page with the shop and the code filled in, for a QR code or a link */
  verification_uri_complete: string;
};

export type DeviceAuthorizationRequest = {
  /** The name of the client, at most 100 characters. Clients are not registered. */
  client_id: string;
  /** What the person sees as the name of the device, at most 100 characters */
  device_label?: string | undefined;
};

export type DeviceGrant = {
  /** What the device says of its client */
  client_id: string;
  created_at: string;
  expires_at: string;
  /** Whether this request and that of the device come from the same network */
  is_same_network: boolean;
  /** What the device says of itself; may be empty */
  label: string;
  status: DeviceGrantStatus;
};

export type DeviceGrantStatus = "pending" | "approved" | "denied";

export type Discount = {
  /** minor units */
  amount?: number | undefined;
  /** percent, with at most three decimals */
  percent?: number | undefined;
  reason: string;
};

/** More cash was paid out than the drawer should have held. */
export type DrawerWarning = {
  code: "drawer-short";
  /** explains the warning to people; switch on `code` */
  detail: string;
  /** what the drawer should have held before the payment, in minor units */
  expected_cash: number;
};

export type EmailChange = {
  email: string;
  password: string;
};

export type EmailConfirmation = {
  /** The `token` of the link in the mail */
  token: string;
};

/** Whose sales, revenue and presence an EMPLOYEE sees: only their own, or those of all colleagues. Figures of the whole shop are visible in both cases. */
export type EmployeeVisibility = "own" | "all";

export type EndedShift = Shift & {
  report: TillReport;
};

export type Erasure = {
  password: string;
};

export type EventFilter = "*" | "sale.completed" | "sale.refunded" | "sale.cancelled" | "sale.payments_corrected" | "purchase.placed" | "purchase.changed" | "payment.refund_due" | "payment.refunded" | "product.created" | "product.updated" | "product.hidden" | "product.low_stock" | "product.stock_changed" | "products.imported" | "stock.discrepancy" | "shift.started" | "shift.ended" | "shift.corrected" | "shift.idle" | "shift.needs_review" | "webhook.ping";

/** Each facet applies all filters except its own. At most 20 values, the most frequent first. */
export type Facets = {
  author: FacetsAuthorItem[];
  category: FacetsCategoryItem[];
  language: FacetsLanguageItem[];
  /** up to four bands with about as many products each; send min and max as price_min and price_max */
  price: FacetsPriceItem[];
};

export type FacetsAuthorItem = {
  count: number;
  value: string;
};

export type FacetsCategoryItem = {
  count: number;
  value: string;
};

export type FacetsLanguageItem = {
  count: number;
  value: string;
};

export type FacetsPriceItem = {
  count: number;
  /** minor units */
  max: number;
  /** minor units */
  min: number;
};

export type Fault = {
  /** The least or greatest value, length or count that is allowed, where `code` is about one */
  bound?: number | undefined;
  /** The kind of the fault, to say it in another language; absent where only `detail` explains it */
  code?: FaultCode | undefined;
  detail: string;
  pointer: string;
};

export type FaultCode = "required" | "too_short" | "too_long" | "too_few_items" | "too_many_items" | "too_small" | "too_large" | "not_a_number" | "not_an_integer" | "not_an_email" | "not_a_date" | "not_a_url" | "not_a_phone_number" | "not_a_barcode" | "not_an_isbn" | "not_an_option" | "invalid_format" | "invalid_characters" | "duplicate" | "unknown_field";

export type Favorite = {
  /** the product was sold out when it was added or later, and can be bought now */
  back_in_stock: boolean;
  /** when the product was added */
  created_at: string;
  /** the price is lower than when the product was added */
  price_fell: boolean;
  /** the price when the product was added, in minor units */
  price_then: number;
  product: Product;
};

export type FavoriteList = {
  data: Favorite[];
  next_cursor: string | null;
};

export type Flag = "true" | "false";

export type ForgottenPassword = {
  email: string;
  tenant: string;
};

export type FormatChoice = {
  description: string;
  parameter: FormatSetting;
  value: string;
};

export type FormatSetting = "dates" | "decimal";

/** Carts count on the day of their first product. Searches are not counted: what was found by a search and put into a cart is. */
export type Funnel = {
  /** those of them that were not, including emptied ones; the carts of today may still be */
  abandoned: number;
  /** when the figures were calculated */
  as_of: string;
  /** with `compare`: the figures before */
  before?: FunnelFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: FunnelFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: FunnelFiguresChange | undefined;
  compared_with?: ComparedRange | undefined;
  /** ordered / started or added; null if that is zero */
  conversion: number | null;
  currency: string;
  /** those of them that were ordered until now */
  ordered: number;
  origins: FunnelOriginsItem[];
  /** online orders of the range that are paid */
  paid: number;
  /** their revenue minus online refunds, in minor units */
  paid_revenue: number;
  /** carts that got their first product in the range */
  started: number;
};

export type FunnelFigures = {
  /** those of them that were not, including emptied ones; the carts of today may still be */
  abandoned: number;
  /** ordered / started or added; null if that is zero */
  conversion: number | null;
  /** those of them that were ordered until now */
  ordered: number;
  /** online orders of the range that are paid */
  paid: number;
  /** their revenue minus online refunds, in minor units */
  paid_revenue: number;
  /** carts that got their first product in the range */
  started: number;
};

export type FunnelFiguresChange = {
  abandoned: number | null;
  conversion: number | null;
  ordered: number | null;
  paid: number | null;
  paid_revenue: number | null;
  started: number | null;
};

export type FunnelOriginsItem = {
  /** products that were put into these carts */
  added: number;
  /** ordered / started or added; null if that is zero */
  conversion: number | null;
  /** those of them that were ordered until now */
  ordered: number;
  /** where buyers found the products: `origin` of POST /cart/items; null where it was not sent */
  origin: string | null;
};

export type GetImportRejectsFormat = "csv" | "file";

export type GetTopCountriesOrder = "asc" | "desc";

export type GetTopCountriesSort = "revenue" | "units";

export type GoalList = {
  /** when the figures were calculated */
  as_of: string;
  currency: string;
  /** the months with goals, oldest first */
  data: MonthGoals[];
};

export type GoalsBody = {
  month: string;
  /** Default: [] */
  sellers?: GoalsBodySellersItem[] | undefined;
  /** of the shop, in minor units; null for none */
  target: number | null;
};

export type GoalsBodySellersItem = {
  /** in minor units */
  target: number;
  user_id: string;
};

export type Health = {
  database: "ok";
  jobs: HealthJobs;
  /** degraded: a job waits beyond its limit */
  status: HealthStatus;
};

export type HealthJobs = {
  /** Number of events that failed too often and have not been replayed, at most 100 */
  dead_letters: Backlog;
  /** Time since all jobs of the hour cron trigger last succeeded */
  hour_jobs_seconds: Backlog;
  /** How long the most overdue webhook delivery is overdue */
  late_delivery_seconds: Backlog;
  /** How long the most overdue erasure is overdue, or has been failing */
  late_erasure_seconds: Backlog;
  /** How long a purchase has been pending beyond the end of its hold */
  late_hold_seconds: Backlog;
  /** How long the sales of the most overdue merge of customers have not been moved, or its moving has been failing */
  late_merge_seconds: Backlog;
  /** How long the most overdue refund of a payment is overdue */
  late_refund_seconds: Backlog;
  /** Time since all jobs of the minute cron trigger last succeeded */
  minute_jobs_seconds: Backlog;
  /** Time since all jobs of the night cron trigger last succeeded */
  night_jobs_seconds: Backlog;
  /** Time without progress of the running import that has stalled longest */
  stalled_import_seconds: Backlog;
  /** Time since the ETL was first requested for the day that has waited longest; it is requested every hour */
  unbuilt_day_seconds: Backlog;
  /** Time since the lake was requested for the day that has waited longest; it is requested every night */
  unbuilt_lake_seconds: Backlog;
  /** Time since the oldest product change that is missing from the search index */
  unindexed_product_seconds: Backlog;
  /** Time since the export of the oldest event that no webhook delivery or dead letter refers to, of the 100 stored first */
  unpurged_event_seconds: Backlog;
  unsent_event_seconds: Backlog;
  /** Time for which the longest overdue mail has been due */
  unsent_mail_seconds: Backlog;
};

export type HealthStatus = "ok" | "degraded";

export type Import = {
  bytes_read: number;
  /** size of the decompressed file */
  bytes_total: number;
  created_at: string;
  /** why the import failed */
  error: string | null;
  /** null while the import runs or is undone */
  finished_at: string | null;
  id: string;
  /** columns of the file that the import ignores */
  ignored_columns: string[];
  kind: ImportKind;
  rows_accepted: number;
  /** rows of invoices that the shop had already, with the same content */
  rows_known: number;
  rows_read: number;
  rows_rejected: number;
  /** rows that are empty or no sales, such as those of cancelled orders */
  rows_skipped: number;
  started_at: string | null;
  status: ImportStatus;
  /** sales and products that an undo has left in place; GET /imports/{id}/retained lists them */
  undo_retained: number;
  /** customers whom only this import had, and whom an undo has removed */
  undone_customers: number;
  /** products that an undo has removed */
  undone_products: number;
  /** sales and refunds that an undo has removed */
  undone_sales: number;
};

export type ImportDryRun = {
  /** the columns of the file */
  columns: string[];
  constants: Record<string, string>;
  currency: string;
  delimiter: string;
  encoding: string;
  first_day: string | null;
  formats: ImportDryRunFormats;
  header_row: number;
  ignored_columns: string[];
  /** with `dry_run=head`: only the first rows of the file were read */
  is_partial: boolean;
  kind: ImportKind;
  last_day: string | null;
  /** the column of each field */
  mapping: Record<string, string>;
  months: ImportDryRunMonthsItem[];
  /** customers of the rows that the shop does not have yet */
  new_customers: number;
  /** products that the shop does not have yet */
  new_products: number;
  /** the known layout of the file */
  preset: string | null;
  refunds: number;
  rejects: ImportDryRunRejectsItem[];
  /** minor units, refunds deducted */
  revenue: number;
  /** rows of the file without its header */
  rows: number;
  rows_accepted: number;
  rows_known: number;
  rows_rejected: number;
  rows_skipped: number;
  sales: number;
  /** the first three rows of the file, with cells of at most 60 characters */
  sample: string[][];
  skipped: ImportDryRunSkippedItem[];
};

export type ImportDryRunFormats = {
  dates: DateOrder;
  /** the decimal separator */
  decimal: DecimalSeparator;
};

export type ImportDryRunMonthsItem = {
  month: string;
  revenue: number;
};

export type ImportDryRunRejectsItem = {
  count: number;
  /** at most three rows */
  examples: ImportDryRunRejectsItemExamplesItem[];
  reason: string;
};

export type ImportDryRunRejectsItemExamplesItem = {
  row: number;
  text: string;
};

export type ImportDryRunSkippedItem = {
  count: number;
  /** at most three rows */
  examples: ImportDryRunSkippedItemExamplesItem[];
  reason: string;
};

export type ImportDryRunSkippedItemExamplesItem = {
  row: number;
  text: string;
};

export type ImportKind = "sales" | "products";

export type ImportList = {
  data: Import[];
  next_cursor: string | null;
};

export type ImportMapping = {
  created_at: string;
  kind: ImportKind;
  mapping: ImportMappingMapping;
  name: string;
  updated_at: string;
};

export type ImportMappingBody = {
  kind: ImportKind;
  mapping: ImportMappingBodyMapping;
  name: string;
};

export type ImportMappingBodyMapping = {
  /** the column of each field; null for a field that the file does not have. Default: {} */
  columns?: Record<string, string | null> | undefined;
  /** fields with the same value in all rows. Default: {} */
  constants?: Record<string, string> | undefined;
  dates?: DateOrder | undefined;
  decimal?: DecimalSeparator | undefined;
  /** how refunds are recognised, and what rows mean. Default: {} */
  rules?: ImportMappingBodyMappingRules | undefined;
};

export type ImportMappingBodyMappingRules = {
  /** Default: false */
  adds_tax?: boolean | undefined;
  /** Default: false */
  by_order?: boolean | undefined;
  /** Default: false */
  codes_in_brackets?: boolean | undefined;
  /** Default: [] */
  line_types?: string[] | undefined;
  /** Default: false */
  names_as_codes?: boolean | undefined;
  refund?: RefundRule | undefined;
  /** Default: [] */
  refund_prefixes?: string[] | undefined;
  /** Default: [] */
  refund_statuses?: string[] | undefined;
  /** Default: [] */
  sale_statuses?: string[] | undefined;
  /** Default: false */
  shares_numbers?: boolean | undefined;
  /** Default: [] */
  skip_statuses?: string[] | undefined;
  timezone?: string | undefined;
};

export type ImportMappingList = {
  data: ImportMapping[];
};

export type ImportMappingMapping = {
  /** the column of each field; null for a field that the file does not have. Default: {} */
  columns?: Record<string, string | null> | undefined;
  /** fields with the same value in all rows. Default: {} */
  constants?: Record<string, string> | undefined;
  dates?: DateOrder | undefined;
  decimal?: DecimalSeparator | undefined;
  /** how refunds are recognised, and what rows mean. Default: {} */
  rules?: ImportMappingMappingRules | undefined;
};

export type ImportMappingMappingRules = {
  /** Default: false */
  adds_tax?: boolean | undefined;
  /** Default: false */
  by_order?: boolean | undefined;
  /** Default: false */
  codes_in_brackets?: boolean | undefined;
  /** Default: [] */
  line_types?: string[] | undefined;
  /** Default: false */
  names_as_codes?: boolean | undefined;
  refund?: RefundRule | undefined;
  /** Default: [] */
  refund_prefixes?: string[] | undefined;
  /** Default: [] */
  refund_statuses?: string[] | undefined;
  /** Default: [] */
  sale_statuses?: string[] | undefined;
  /** Default: false */
  shares_numbers?: boolean | undefined;
  /** Default: [] */
  skip_statuses?: string[] | undefined;
  timezone?: string | undefined;
};

export type ImportStatus = "queued" | "running" | "done" | "failed" | "undoing" | "undone";

export type Interval = "hour" | "day" | "week" | "month" | "year";

export type Invitation = {
  created_at: string;
  email: string;
  expires_at: string;
  first_name: string;
  id: string;
  last_name: string;
  role: StaffRole;
};

export type InvitationList = {
  data: Invitation[];
  next_cursor: string | null;
};

export type KeyFigures = {
  /** average units per sale line */
  average_products_sold: number;
  /** revenue per sale in minor units, rounded half away from zero */
  average_sale: number;
  /** distinct customers who bought something or received a refund */
  customers: number;
  refunds: number;
  /** number of sales, without refunds */
  sales: number;
  /** units sold minus units refunded, with at most three decimals */
  total_products_sold: number;
  /** revenue minus refunds, in minor units */
  total_revenue: number;
};

export type KeyFiguresChange = {
  average_products_sold: number | null;
  average_sale: number | null;
  customers: number | null;
  refunds: number | null;
  sales: number | null;
  total_products_sold: number | null;
  total_revenue: number | null;
};

export type KeySet = {
  keys: KeySetKeysItem[];
};

export type KeySetKeysItem = {
  crv: string;
  kid: string;
  kty: string;
  x: string;
} & Record<string, unknown>;

export type KpiReport = {
  /** when the figures were calculated */
  as_of: string;
  /** average units per sale line */
  average_products_sold: number;
  /** revenue per sale in minor units, rounded half away from zero */
  average_sale: number;
  /** with `compare`: the figures before */
  before?: KeyFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: KeyFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: KeyFiguresChange | undefined;
  compared_with?: ComparedRange | undefined;
  currency: string;
  /** distinct customers who bought something or received a refund */
  customers: number;
  refunds: number;
  /** number of sales, without refunds */
  sales: number;
  /** units sold minus units refunded, with at most three decimals */
  total_products_sold: number;
  /** revenue minus refunds, in minor units */
  total_revenue: number;
};

export type LakeDataset = "daily_summary" | "events" | "products" | "purchases";

export type LakeDay = {
  day: string;
  /** whether the lake contains the day in one file that includes all changes up to now */
  is_whole: boolean;
  lines: number;
  refunds: number;
  /** in minor units */
  revenue: number;
  sales: number;
  /** with at most three decimals */
  units: number;
};

export type LakeDayList = {
  data: LakeDay[];
  next_cursor: string | null;
};

export type LakeFile = {
  bytes: number;
  created_at: string;
  dataset: LakeDataset;
  /** the shop's local day; for daily_summary the first day of the month */
  day: string;
  etag: string;
  /** key of the object in the bucket */
  key: string;
  rows: number;
};

export type LakeFileList = {
  data: LakeFile[];
  next_cursor: string | null;
  /** revision of the lake that all pages of this list show */
  revision: number;
};

export type LakeQueued = {
  queued: true;
};

export type LakeStatus = {
  /** number of past days and months that have changed since they were built */
  touched: number;
};

export type LateSale = {
  id: string;
  number: string;
  /** the shift in which it was sold; null if its seller had none then */
  shift_id: string | null;
  sold_at: string;
  /** minor units */
  total: number;
};

export type ListProductsSort = "-created_at" | "price" | "-price" | "title" | "-rating";

export type ListedCashMove = {
  /** minor units */
  amount: number;
  /** The ADMIN who approved paying out more than the expected cash; null if it was not needed */
  approved_by: string | null;
  created_at: string;
  id: string;
  kind: CashMoveKind;
  reason: string;
  shift_id: string;
  /** The person of the shift, who recorded it */
  user_id: string;
};

export type Login = {
  /** A JWT signed with EdDSA, valid for expires_in seconds */
  access_token: string;
  expires_in: number;
  /** Exchanged once, by POST /auth/refresh for the next one */
  refresh_token: string;
  token_type: "Bearer";
  user: User;
};

export type LookedUpProduct = Product & {
  /** The kind of code that matched */
  matched: LookedUpProductMatched;
  /** What a code of the shop's scales contains: the quantity, or the price of what is in the packet */
  scale?: LookedUpProductScale | LookedUpProductScaleOption2 | undefined;
};

export type LookedUpProductMatched = "barcode" | "isbn" | "sku" | "scale";

export type LookedUpProductScale = {
  /** in the unit of the product, with at most three decimals */
  quantity: number;
};

export type LookedUpProductScaleOption2 = {
  /** minor units of the shop's currency */
  price: number;
};

export type Mail = {
  /** What the mail is about: the id of the order or sale, the account, the invitation or the event, or the first day of a report */
  about: string;
  attempts: number;
  created_at: string;
  id: string;
  kind: MailKind;
  /** The language that was asked for; null if it is that of the recipient or of the shop */
  language: string | null;
  last_error: string | null;
  recipient: string;
  sent_at: string | null;
  status: MailStatus;
};

export type MailKind = "email.confirm" | "email.changed" | "password.reset" | "invitation" | "order.placed" | "order.paid" | "order.cancelled" | "order.refunded" | "receipt" | "report.daily" | "report.weekly" | "product.low_stock" | "shift.idle";

export type MailList = {
  data: Mail[];
  next_cursor: string | null;
};

/** `pending` until the mail has been handed over; `failed` after the last attempt or if the address does not accept mail; `skipped` if there was nothing left to say, such as for an invitation that was withdrawn, or if an earlier mail to the address bounced */
export type MailStatus = "pending" | "sent" | "failed" | "skipped";

/** A line has the cost that its product had when it was sold. Lines without one, such as those of imports, do not count in the margin. */
export type Margin = {
  /** when the figures were calculated */
  as_of: string;
  /** with `compare`: the figures before */
  before?: MarginFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: MarginFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: MarginFiguresChange | undefined;
  compared_with?: ComparedRange | undefined;
  /** what those products cost the shop when they were sold */
  cost: number;
  /** known_net / net; null if that is zero */
  coverage: number | null;
  currency: string;
  /** what of it was sold with a known cost */
  known_net: number;
  /** known_net - cost */
  margin: number;
  /** 100 * margin / known_net; null if that is zero */
  margin_percent: number | null;
  /** revenue without tax, refunds taken off, in minor units */
  net: number;
};

export type MarginFigures = {
  /** what those products cost the shop when they were sold */
  cost: number;
  /** known_net / net; null if that is zero */
  coverage: number | null;
  /** what of it was sold with a known cost */
  known_net: number;
  /** known_net - cost */
  margin: number;
  /** 100 * margin / known_net; null if that is zero */
  margin_percent: number | null;
  /** revenue without tax, refunds taken off, in minor units */
  net: number;
};

export type MarginFiguresChange = {
  cost: number | null;
  coverage: number | null;
  known_net: number | null;
  margin: number | null;
  margin_percent: number | null;
  net: number | null;
};

export type Me = User & {
  shop: Shop;
};

export type MePatch = {
  first_name?: string | undefined;
  last_name?: string | undefined;
  preferences?: Preferences | undefined;
};

export type MetricLine = {
  channel: SaleChannel;
  country: string | null;
  customer: string | null;
  day: string;
  description: string;
  external_ref: string | null;
  kind: SaleKind;
  line_no: number;
  placed_at: string;
  product_id: string;
  /** in the unit of the product, with at most three decimals */
  quantity: number;
  sale_id: string;
  seller_id: string | null;
  sku: string;
  /** in minor units */
  subtotal: number;
  unit: Unit;
  /** in minor units */
  unit_price: number;
};

export type MetricLineList = {
  data: MetricLine[];
  next_cursor: string | null;
};

export type MonthGoals = {
  /** in minor units: the target times the days of the month up to and including today, divided by all its days; null without a target */
  expected: number | null;
  month: string;
  /** revenue in percent of the target; null without a target */
  percent: number | null;
  /** in minor units, as in the key figures */
  revenue: number;
  sellers: MonthGoalsSellersItem[];
  /** of the shop, in minor units; null for none */
  target: number | null;
};

export type MonthGoalsSellersItem = {
  /** in minor units: the target times the days of the month up to and including today, divided by all its days; null without a target */
  expected: number | null;
  name: string;
  /** revenue in percent of the target; null without a target */
  percent: number | null;
  /** in minor units, as in the key figures */
  revenue: number;
  /** in minor units */
  target: number;
  user_id: string;
};

export type NewApiKey = {
  /** The addresses and networks that may use a secret key; any by default */
  allowed_ips?: string[] | undefined;
  /** From then on the key is refused */
  expires_at?: string | undefined;
  kind: ApiKeyKind;
  /** What the key is for. It stays in the audit log for good: do not put personal data in it */
  name: string;
  /** The origins of the pages that may use a publishable key; no page may until it has some */
  origins?: string[] | undefined;
  /** Required for a secret key. Of a publishable key, some of carts:read, carts:write, orders:read, orders:write, products:read, shop:read; all of them by default */
  scopes?: ApiKeyScope[] | undefined;
};

/** An unpaid break does not count as worked time. */
export type NewBreak = {
  /** Default: false */
  paid?: boolean | undefined;
};

export type NewCart = {
  /** Send it as X-Cart, never in a URL. Whoever has it can see and buy the cart; only a hash of it is stored. */
  cart_token: string;
  /** 30 days from now */
  expires_at: string;
};

export type NewCartItem = {
  /** where the buyer found the product, for GET /metrics/funnel; it counts when the product is new in the cart */
  origin?: NewCartItemOrigin | undefined;
  product_id: string;
  quantity: number;
};

export type NewCartItemOrigin = "search" | "list" | "recommendation" | "saved" | "other";

export type NewCashMove = {
  amount: number;
  /** Needed by an EMPLOYEE who pays out more than the expected cash, and ignored otherwise */
  approval?: Approval | undefined;
  kind: CashMoveKind;
  reason: string;
};

export type NewCustomer = {
  /** whether the customer agreed to mails that no order causes; by default not */
  accepts_mail?: boolean | undefined;
  addresses?: Address[] | undefined;
  email?: string | undefined;
  /** the customer in the files of another system, by which imports find the record */
  external_ref?: string | null | undefined;
  /** BCP 47 language tag, stored in canonical form */
  language?: string | undefined;
  name: string;
  note?: string | null | undefined;
  phone?: string | undefined;
  tax_id?: string | null | undefined;
};

export type NewInvitation = {
  email: string;
  first_name: string;
  last_name: string;
  role: StaffRole;
};

export type NewOrder = {
  approval?: Approval | undefined;
  /** by default that of the address */
  country?: string | undefined;
  customer?: NewOrderCustomer | undefined;
  customer_id?: string | undefined;
  /** on the whole sale, spread over its lines */
  discount?: Discount | undefined;
  /** until when the stock is reserved, at most 90 days ahead. By default 3 days for a link, 7 for a transfer and 30 on delivery */
  hold_until?: string | undefined;
  items: NewSaleItem[];
  note?: string | undefined;
  /** link: at the page of the payment provider; on_delivery: when the goods are handed over; transfer: to the bank account of the shop. Staff confirm the last two with POST /purchases/{id}/confirm */
  payment: PaymentTerms;
  shipping_address?: Address | undefined;
};

/** The customer with this e-mail, or a new one. A record that exists is not changed. */
export type NewOrderCustomer = {
  email?: string | undefined;
  /** BCP 47 language tag, stored in canonical form */
  language?: string | undefined;
  name: string;
  phone?: string | undefined;
};

export type NewPassword = {
  new_password: string;
};

export type NewPayment = {
  /** minor units */
  amount: number;
  method: string;
  /** the cash handed over, in minor units; the rest is change */
  tendered?: number | undefined;
};

export type NewProduct = {
  author?: string | null | undefined;
  /** EAN-8, UPC-A, EAN-13 or GTIN-14 with a correct check digit, each unique in the shop; a UPC-A, or a GTIN-14 that begins with 0, is stored as its EAN-13 */
  barcodes?: string[] | undefined;
  category?: string | null | undefined;
  /** what a unit costs the shop, in minor units; null if it is not known */
  cost?: number | null | undefined;
  cover_image_url?: string | null | undefined;
  description?: string | null | undefined;
  /** ISBN-10 or ISBN-13, with or without hyphens and spaces; stored as ISBN-13 */
  isbn?: string | undefined;
  /** BCP 47 language tag, stored in canonical form */
  language?: string | undefined;
  /** when the stock falls to this quantity a product.low_stock event is sent; null: never */
  low_stock_threshold?: number | null | undefined;
  pages?: number | null | undefined;
  /** minor units of the shop's currency */
  price: number;
  /** from -3000 to next year */
  publication_year?: number | null | undefined;
  publisher?: string | null | undefined;
  rating?: number | null | undefined;
  /** the series that the product belongs to */
  series?: string | null | undefined;
  sku: string;
  /** in the unit of the product, with at most three decimals; null if the stock is not tracked */
  stock?: number | null | undefined;
  /** null: the default tax rate of the shop */
  tax_rate_id?: string | null | undefined;
  title: string;
  /** what the price and the stock count; pieces are whole */
  unit?: Unit | undefined;
};

export type NewRefund = {
  items: NewRefundItemsItem[];
  /** by default as the sale was paid; required where the sale has no payments, as an imported sale */
  payment_method?: string | undefined;
  /** how the refund is paid back if by several methods; positive amounts */
  payments?: NewRefundPaymentsItem[] | undefined;
  reason: string;
  /** return the units to stock. Default: false */
  restock?: boolean | undefined;
};

export type NewRefundItemsItem = {
  product_id: string;
  quantity: number;
};

export type NewRefundPaymentsItem = {
  /** minor units */
  amount: number;
  method: string;
};

export type NewSale = {
  approval?: Approval | undefined;
  /** an id that the till gives the sale. Unlike an Idempotency-Key it never expires: the same id again returns the sale as it is now; with other products or quantities it is rejected with 422 idempotency-mismatch. */
  client_id?: string | undefined;
  country?: string | undefined;
  customer_id?: string | undefined;
  /** on the whole sale, spread over its lines */
  discount?: Discount | undefined;
  items: NewSaleItem[];
  /** the goods were handed over without a connection: beyond the stock the sale is accepted, and what is missing is a stock discrepancy */
  offline?: boolean | undefined;
  /** how the whole total is paid; cash by default. Several: `payments` */
  payment_method?: string | undefined;
  /** together the total; cash may be given before or after cash rounding */
  payments?: NewPayment[] | undefined;
  /** the ADMIN or EMPLOYEE who sold, for a request with an API key; the sale belongs to their shift. Without it the sale has no seller. A signed-in user is always the seller */
  seller_id?: string | undefined;
  /** when the sale was made, not in the future and at most 7 days ago, for a till that was offline. It decides placed_at, the day and the shift: the one that the seller had open then, even if it is closed now */
  sold_at?: string | undefined;
};

export type NewSaleItem = {
  discount?: Discount | undefined;
  product_id: string;
  quantity: number;
  /** the price to charge for a unit, in minor units; by default that of the product */
  unit_price?: number | undefined;
};

export type NewShift = {
  device_label?: string | undefined;
  /** minor units in the drawer. Default: 0 */
  opening_cash?: number | undefined;
};

export type NewStaff = {
  email: string;
  first_name: string;
  last_name: string;
  password: string;
  role: StaffRole;
};

export type NewTaxRate = {
  /** true makes it the default of the shop instead of the present one; false by default */
  is_default?: boolean | undefined;
  name: string;
  /** hundred-thousandths: 21 % is 21000; 0 means exempt */
  rate: number;
  /** an active rate whose products the new one takes over, and which it replaces as the default of the shop; the replaced rate becomes inactive */
  replaces?: string | undefined;
};

export type NewTenant = {
  admin: NewTenantAdmin;
  currency: string;
  name: string;
  slug: string;
  timezone: string;
};

export type NewTenantAdmin = {
  email: string;
  first_name: string;
  last_name: string;
  password: string;
};

export type NewWebhook = {
  description?: string | undefined;
  /** ["*"] subscribes to all types */
  event_types: EventFilter[];
  /** An https:// URL with a public address and any port; in local development also a loopback address. Redirects are not followed */
  url: string;
};

export type NewWorkSession = {
  device_label?: string | undefined;
};

export type NewWriteOff = {
  /** the id that the till gave the sale */
  client_id: string;
  items: NewWriteOffItemsItem[];
  /** why the sale was refused */
  problem?: string | undefined;
  reason: string;
  /** who sold */
  seller_id?: string | undefined;
  sold_at: string;
  /** what was charged, in minor units */
  total: number;
};

export type NewWriteOffItemsItem = {
  product_id: string;
  quantity: number;
};

export type OAuthError = {
  error: OAuthErrorError;
  error_description: string;
};

export type OAuthErrorError = "invalid_request" | "invalid_grant" | "unsupported_grant_type" | "authorization_pending" | "slow_down" | "access_denied" | "expired_token";

export type OAuthToken = {
  /** A JWT signed with EdDSA, valid for expires_in seconds */
  access_token: string;
  expires_in: number;
  /** Exchanged once, by POST /auth/refresh for the next one */
  refresh_token: string;
  token_type: "Bearer";
  user: User;
};

export type OAuthTokenRequest = {
  /** That of the request for the device code */
  client_id?: string | undefined;
  /** Required by the device grant */
  device_code?: string | undefined;
  grant_type: OAuthTokenRequestGrantType;
  /** Required by a refresh */
  refresh_token?: string | undefined;
};

export type OAuthTokenRequestGrantType = "urn:ietf:params:oauth:grant-type:device_code" | "refresh_token";

export type OpenedTenant = {
  tenant: Tenant;
  user: User;
};

/** All null until a drawer of the shop has been counted. */
export type OpeningCash = {
  /** the cash that was counted, in minor units */
  amount: number | null;
  /** the end of the shift */
  counted_at: string | null;
  shift_id: string | null;
  user_id: string | null;
};

/** A purchase as staff see it. */
export type Order = Purchase & {
  /** the ADMIN who approved a discount or price */
  approved_by: string | null;
  customer: OrderCustomer | null;
  /** reason for the discount on the whole sale */
  discount_reason: string | null;
  /** of `payment.url` */
  link_expires_at: string | null;
  note: string | null;
  payment_terms: PaymentTerms;
  /** why staff cancelled it */
  reason: string | null;
  /** who took the order; null for a purchase in the web shop */
  seller_id: string | null;
  /** grows with every change; the ETag is derived from it */
  version: number;
};

export type OrderCancellation = {
  reason?: string | undefined;
};

export type OrderCustomer = {
  email: string | null;
  id: string;
  name: string | null;
  phone: string | null;
};

export type OrderHead = PurchaseHead & {
  customer: OrderHeadCustomer | null;
  customer_id: string | null;
  payment_terms: PaymentTerms;
  /** who took the order; null for a purchase in the web shop */
  seller_id: string | null;
  /** grows with every change; the ETag is derived from it */
  version: number;
};

export type OrderHeadCustomer = {
  email: string | null;
  id: string;
  name: string | null;
  phone: string | null;
};

export type OrderList = {
  data: OrderHead[];
  next_cursor: string | null;
};

export type OrderPatch = {
  approval?: Approval | undefined;
  /** on the whole order; by default as it was agreed, null for none */
  discount?: OrderPatchDiscount | null | undefined;
  /** until when the stock is reserved, at most 90 days ahead. By default 3 days for a link, 7 for a transfer and 30 on delivery */
  hold_until?: string | undefined;
  /** all lines that the order shall have. A product that it has already keeps its agreed price and tax; others are sold as they are offered now */
  items?: OrderPatchItemsItem[] | undefined;
  note?: string | null | undefined;
  shipping_address?: Address | null | undefined;
};

export type OrderPatchDiscount = {
  /** minor units */
  amount?: number | undefined;
  /** percent, with at most three decimals */
  percent?: number | undefined;
  reason: string;
};

export type OrderPatchItemsItem = {
  /** by default that of the line as it was agreed; null for none */
  discount?: OrderPatchItemsItemDiscount | null | undefined;
  product_id: string;
  quantity: number;
  /** the price to charge for a unit, in minor units; by default that of the product */
  unit_price?: number | undefined;
};

export type OrderPatchItemsItemDiscount = {
  /** minor units */
  amount?: number | undefined;
  /** percent, with at most three decimals */
  percent?: number | undefined;
  reason: string;
};

/** refunded: all units were refunded */
export type OrderStatus = "pending" | "completed" | "cancelled" | "refunded";

/** What a counter sale does that takes more than the stock */
export type OversellRule = "refuse" | "allow";

/** Figures of the range, and the present state of the shop. It is not cached. */
export type Overview = {
  /** the last ten open alerts; null for an EMPLOYEE */
  alerts: Alert[] | null;
  /** when the figures were calculated */
  as_of: string;
  compared_with?: ComparedRange | undefined;
  /** the ten with the most revenue */
  countries: RankedCountry[];
  currency: string;
  customers: OverviewCustomers;
  from: string;
  /** the 168 hours of the week, without comparison */
  hours: BreakdownRow[];
  /** the last ten imports; null for an EMPLOYEE */
  imports: Import[] | null;
  /** an hour of the shop's clock requires `from` and at most 92 days */
  interval: Interval;
  kpis: OverviewKpis;
  /** the open shifts, longest first; with the rule `employees_see: own`, that of the EMPLOYEE only */
  on_shift: ActiveShift[];
  payment_methods: BreakdownRow[];
  /** the ten with the most revenue */
  products: RankedProduct[];
  /** the last ten sales and refunds that the caller may list */
  sales: SaleHead[];
  sellers: Seller[];
  series: SeriesPeriod[];
  to: string;
  totals: StaffTotals;
};

export type OverviewCustomers = {
  /** of sales and refunds without a customer */
  anonymous_revenue: number;
  /** with `compare`: the figures before */
  before?: CustomerFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: CustomerFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: CustomerFiguresChange | undefined;
  /** distinct customers who bought something or received a refund, as in the key figures; those with refunds only are neither new nor returning */
  customers: number;
  /** those whose first sale is in the range */
  new_customers: number;
  /** of first sales, in minor units */
  new_revenue: number;
  /** those who bought something in the range, and for the first time before it */
  returning_customers: number;
  /** of all other sales to customers, less all refunds to customers */
  returning_revenue: number;
};

export type OverviewKpis = {
  /** average units per sale line */
  average_products_sold: number;
  /** revenue per sale in minor units, rounded half away from zero */
  average_sale: number;
  /** with `compare`: the figures before */
  before?: KeyFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: KeyFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: KeyFiguresChange | undefined;
  /** distinct customers who bought something or received a refund */
  customers: number;
  refunds: number;
  /** number of sales, without refunds */
  sales: number;
  /** units sold minus units refunded, with at most three decimals */
  total_products_sold: number;
  /** revenue minus refunds, in minor units */
  total_revenue: number;
};

export type PasswordChange = {
  current_password: string;
  new_password: string;
};

export type PasswordReset = {
  password: string;
  /** The `token` of the link in the mail */
  token: string;
};

export type Payment = {
  /** the user who confirmed the payment or made the refund */
  actor_id: string | null;
  /** minor units */
  amount: number;
  /** number of failed refund attempts */
  attempts: number;
  created_at: string;
  currency: string;
  id: string;
  /** why the last refund attempt failed */
  last_error: string | null;
  number: string | null;
  provider: PaymentProvider;
  /** the provider's id of the payment */
  provider_ref: string | null;
  /** the sale that was paid, if sale_id is its refund */
  refund_of: string | null;
  /** what was refunded so far, in minor units */
  refunded: number;
  /** when the refund is attempted again; null: only when staff request it */
  retry_at: string | null;
  /** the sale that was paid, or the refund of a sale */
  sale_id: string;
  status: PaymentStatus;
};

export type PaymentCorrection = {
  /** together the total; cash may be given before or after cash rounding */
  payments: NewPayment[];
  reason: string;
};

export type PaymentList = {
  data: Payment[];
  next_cursor: string | null;
};

export type PaymentMethodList = {
  data: PaymentMethodListDataItem[];
};

export type PaymentMethodListDataItem = {
  is_builtin: boolean;
  method: string;
  name: string;
};

export type PaymentMethodsBody = {
  methods: PaymentMethodsBodyMethodsItem[];
};

export type PaymentMethodsBodyMethodsItem = {
  method: string;
  name: string;
};

export type PaymentPayload = {
  /** minor units */
  amount: number;
  created_at: string;
  currency: string;
  id: string;
  provider: PaymentProvider;
  /** the provider's id of the payment */
  provider_ref: string | null;
  /** the sale that was paid, if sale_id is its refund */
  refund_of: string | null;
  /** what was refunded so far, in minor units */
  refunded: number;
  /** the sale that was paid, or the refund of a sale */
  sale_id: string;
  status: PaymentStatus;
};

/** set for online sales */
export type PaymentProvider = "manual" | "stripe" | null;

export type PaymentRefund = {
  /** how much to refund, in minor units; by default all that is due */
  amount?: number | undefined;
};

export type PaymentRefundDueEvent = {
  data: PaymentPayload;
  timestamp: string;
  type: "payment.refund_due";
};

export type PaymentRefundedEvent = {
  data: PaymentPayload;
  timestamp: string;
  type: "payment.refunded";
};

/** refund_due: the payment arrived too late or had a wrong amount, or its sale was refunded */
export type PaymentStatus = "received" | "refund_due" | "refunded";

/** how staff agreed that it is paid; null as at the checkout */
export type PaymentTerms = "on_delivery" | "transfer" | "link" | null;

export type PeriodFigures = {
  refunds: number;
  /** in minor units */
  revenue: number;
  sales: number;
  /** units of all products, with at most three decimals */
  units: number;
};

export type PeriodFiguresChange = {
  refunds: number | null;
  revenue: number | null;
  sales: number | null;
  units: number | null;
};

/** One array of objects for each kind of data. */
export type PersonalDataExport = {
  account: (Record<string, unknown>)[];
  /** entries of the audit log: what I did */
  actions: (Record<string, unknown>)[];
  cart: (Record<string, unknown>)[];
  /** entries of the audit log: changes of my account and my record */
  changes_of_me: (Record<string, unknown>)[];
  customer: (Record<string, unknown>)[];
  exported_at: string;
  favorites: (Record<string, unknown>)[];
  mails: (Record<string, unknown>)[];
  online_payments: (Record<string, unknown>)[];
  order_notes: (Record<string, unknown>)[];
  /** amounts in minor units of the currency of the shop */
  sales: (Record<string, unknown>)[];
  sessions: (Record<string, unknown>)[];
  shop: PersonalDataExportShop;
  wishlist: (Record<string, unknown>)[];
} & Record<string, unknown>;

export type PersonalDataExportShop = {
  currency: string;
  name: string;
  slug: string;
};

export type PinBody = {
  /** 4 to 8 digits */
  pin: string;
};

export type PlacedPurchase = Purchase & {
  /** for a guest: send it as X-Order to follow or cancel the order, for 90 days. Only a hash of it is stored, so a replay returns another one. null when signed in */
  order_token: string | null;
};

/** The plan that the operator has set for the shop */
export type Plan = "trial" | "standard" | "large";

export type PlatformList = {
  /** true until the shop sets its first list */
  allows_all: boolean;
  platforms: string[];
};

export type Platforms = {
  platforms: string[];
};

export type Preferences = {
  /** Whether an ADMIN gets a mail for each product whose stock is low and each idle shift, at most 20 of each an hour; by default not. Requires a confirmed address. */
  alerts_by_mail?: boolean | undefined;
  categories?: string[] | undefined;
  /** Whether an ADMIN gets the figures of each day by mail on the next morning, unless nothing was sold; by default not. Requires a confirmed address. */
  daily_summary?: boolean | undefined;
  /** BCP 47 language tag, stored in canonical form */
  language?: string | undefined;
  /** Whether an ADMIN gets the figures of the week by mail on Monday morning; by default not. Requires a confirmed address. */
  weekly_report?: boolean | undefined;
};

/** A problem (RFC 9457). Switch on `type`; `title` says what it means, and `detail` what is wrong with this request and what to do. */
export type Problem = {
  detail: string;
  /** The path of the request */
  instance: string;
  /** Quote it if you report a problem */
  request_id: string;
  status: number;
  title: string;
  type: ProblemType;
};

export type ProblemType = "/problems/malformed-json" | "/problems/body-required" | "/problems/too-deep" | "/problems/ambiguous-credentials" | "/problems/idempotency-key-missing" | "/problems/invalid-signature" | "/problems/invalid-encoding" | "/problems/invalid-gzip" | "/problems/invalid-credentials" | "/problems/invalid-token" | "/problems/token-reused" | "/problems/forbidden" | "/problems/insufficient-scope" | "/problems/origin-not-allowed" | "/problems/approval-required" | "/problems/invalid-approval" | "/problems/csrf" | "/problems/signup-closed" | "/problems/not-found" | "/problems/unknown-tenant" | "/problems/unknown-product" | "/problems/unknown-customer" | "/problems/no-open-shift" | "/problems/unknown-cart" | "/problems/unknown-order" | "/problems/unknown-code" | "/problems/unknown-country" | "/problems/method-not-allowed" | "/problems/conflict" | "/problems/currency-in-use" | "/problems/slug-taken" | "/problems/email-taken" | "/problems/reference-taken" | "/problems/belongs-to-account" | "/problems/merged-account" | "/problems/sku-taken" | "/problems/barcode-taken" | "/problems/account-erased" | "/problems/purchase-pending" | "/problems/device-decided" | "/problems/last-admin" | "/problems/shift-already-open" | "/problems/break-already-open" | "/problems/no-open-break" | "/problems/shift-closed" | "/problems/shift-open" | "/problems/shift-overlap" | "/problems/tax-rate-exists" | "/problems/tax-rate-used" | "/problems/tax-rate-in-use" | "/problems/tax-rate-inactive" | "/problems/stock-not-counted" | "/problems/too-many-pending-orders" | "/problems/product-unavailable" | "/problems/out-of-stock" | "/problems/list-full" | "/problems/refund-exceeds-sale" | "/problems/webhook-disabled" | "/problems/too-many-api-keys" | "/problems/too-many-webhooks" | "/problems/mail-not-failed" | "/problems/not-refundable" | "/problems/no-receipt" | "/problems/price-changed" | "/problems/not-voidable" | "/problems/payments-not-correctable" | "/problems/not-cancellable" | "/problems/not-changeable" | "/problems/no-payment-link" | "/problems/not-confirmable" | "/problems/cart-full" | "/problems/invalid-link" | "/problems/event-deleted" | "/problems/precondition-failed" | "/problems/range-not-satisfiable" | "/problems/too-large" | "/problems/unsupported-media-type" | "/problems/precondition-required" | "/problems/invalid" | "/problems/invalid-cursor" | "/problems/tenant-required" | "/problems/missing-columns" | "/problems/ambiguous-format" | "/problems/idempotency-mismatch" | "/problems/unknown-tax-rate" | "/problems/empty-cart" | "/problems/quantity-too-large" | "/problems/payments-mismatch" | "/problems/amount-too-large" | "/problems/too-many-attempts" | "/problems/too-many-carts" | "/problems/quota-exceeded" | "/problems/too-many-mails" | "/problems/client-closed-request" | "/problems/internal" | "/problems/unavailable";

export type Product = {
  author: string | null;
  /** unique in the shop */
  barcodes: string[];
  category: string | null;
  /** what a unit costs the shop, in minor units; present for EMPLOYEE and ADMIN only */
  cost?: number | null | undefined;
  cover_image_url: string | null;
  created_at: string;
  currency: string;
  description: string | null;
  id: string;
  is_active: boolean;
  /** ISBN-13 */
  isbn: string | null;
  language: string | null;
  /** when the stock falls to this quantity a product.low_stock event is sent; null: never */
  low_stock_threshold: number | null;
  pages: number | null;
  /** minor units of the shop's currency */
  price: number;
  publication_year: number | null;
  publisher: string | null;
  rating: number | null;
  /** the series that the product belongs to */
  series: string | null;
  sku: string;
  /** in the unit of the product, with at most three decimals; null if the stock is not tracked */
  stock: number | null;
  /** null: the default tax rate of the shop */
  tax_rate_id: string | null;
  title: string;
  /** what the price and the stock count; pieces are whole */
  unit: Unit;
  updated_at: string;
  /** increases with every change; the ETag is derived from it */
  version: number;
};

export type ProductBarcodes = {
  /** EAN-8, UPC-A, EAN-13 or GTIN-14 with a correct check digit, each unique in the shop; a UPC-A, or a GTIN-14 that begins with 0, is stored as its EAN-13 */
  barcodes: string[];
};

export type ProductCreatedEvent = {
  data: Product;
  timestamp: string;
  type: "product.created";
};

export type ProductFigures = {
  /** in minor units */
  revenue: number;
  sales: number;
  /** units of all products, with at most three decimals */
  units: number;
};

export type ProductFiguresChange = {
  revenue: number | null;
  sales: number | null;
  units: number | null;
};

export type ProductHiddenEvent = {
  data: Product;
  timestamp: string;
  type: "product.hidden";
};

export type ProductList = {
  data: Product[];
  facets?: Facets | undefined;
  next_cursor: string | null;
};

export type ProductLowStockEvent = {
  data: ProductLowStockEventData;
  timestamp: string;
  type: "product.low_stock";
};

export type ProductLowStockEventData = {
  product_id: string;
  sku: string;
  /** in the unit of the product, with at most three decimals */
  stock: number;
  /** in the unit of the product, with at most three decimals */
  threshold: number;
  title: string;
};

export type ProductPatch = {
  author?: string | null | undefined;
  /** EAN-8, UPC-A, EAN-13 or GTIN-14 with a correct check digit, each unique in the shop; a UPC-A, or a GTIN-14 that begins with 0, is stored as its EAN-13 */
  barcodes?: string[] | undefined;
  category?: string | null | undefined;
  /** what a unit costs the shop, in minor units; null if it is not known */
  cost?: number | null | undefined;
  cover_image_url?: string | null | undefined;
  description?: string | null | undefined;
  /** false hides the product, true shows it again */
  is_active?: boolean | undefined;
  /** ISBN-10 or ISBN-13, with or without hyphens and spaces; stored as ISBN-13 */
  isbn?: string | undefined;
  /** BCP 47 language tag, stored in canonical form */
  language?: string | undefined;
  /** when the stock falls to this quantity a product.low_stock event is sent; null: never */
  low_stock_threshold?: number | null | undefined;
  pages?: number | null | undefined;
  /** minor units of the shop's currency */
  price?: number | undefined;
  /** from -3000 to next year */
  publication_year?: number | null | undefined;
  publisher?: string | null | undefined;
  rating?: number | null | undefined;
  /** the series that the product belongs to */
  series?: string | null | undefined;
  sku?: string | undefined;
  /** null: the default tax rate of the shop */
  tax_rate_id?: string | null | undefined;
  title?: string | undefined;
  /** what the price and the stock count; pieces are whole */
  unit?: Unit | undefined;
};

/** Units and revenue are those of sale lines minus refunds; sales is the number of sales with the product, without refunds. */
export type ProductRanking = {
  /** when the figures were calculated */
  as_of: string;
  compared_with?: ComparedRange | undefined;
  currency: string;
  data: RankedProduct[];
  next_cursor: string | null;
};

export type ProductStockChangedEvent = {
  data: ProductStockChangedEventData;
  timestamp: string;
  type: "product.stock_changed";
};

export type ProductStockChangedEventData = {
  /** in the unit of the product, with at most three decimals */
  after: number;
  /** null if the stock was not tracked */
  before: number | null;
  /** in the unit of the product, with at most three decimals */
  delta: number;
  product_id: string;
  reason: StockMoveReason;
  reference: string | null;
  sku: string;
};

export type ProductUpdatedEvent = {
  data: Product;
  timestamp: string;
  type: "product.updated";
};

export type ProductsImportedEvent = {
  data: ProductsImportedEventData;
  timestamp: string;
  type: "products.imported";
};

export type ProductsImportedEventData = {
  import_id: string;
  products: number;
  /** [product id, stock before, stock after] of at most 500 of the stock changes */
  stock: (string | number | null)[][];
  stock_changes: number;
  updated_at: string;
};

export type Purchase = {
  channel: SaleChannel;
  country: string | null;
  created_at: string;
  currency: string;
  /** null for a guest */
  customer_id: string | null;
  /** the day in the shop's time zone */
  day: string;
  /** what all discounts together took off, in minor units */
  discount: number;
  /** a pending sale reserves its stock until then */
  hold_expires_at: string | null;
  id: string;
  items: SaleLine[];
  kind: SaleKind;
  lines: number;
  /** minor units */
  net: number;
  /** of the receipt (C-000001), the refund (R-000001) or the online order (A-10432); receipts and refunds are numbered without gaps */
  number: string | null;
  payment: PurchasePayment;
  /** null if the sale was paid by several methods, or it is not known how */
  payment_method: string | null;
  placed_at: string;
  /** what cash rounding adds to the total; the payments add up to total plus rounding */
  rounding: number;
  shipping_address: Address | null;
  status: OrderStatus;
  /** minor units */
  tax: number;
  /** net and tax, in minor units */
  total: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type PurchaseChangedEvent = {
  data: Sale;
  timestamp: string;
  type: "purchase.changed";
};

export type PurchaseConfirmation = {
  /** the total that was paid, in minor units: if it is not that of the purchase, because staff have changed it, the response is 409 price-changed */
  expected_total?: number | undefined;
  /** how the buyer paid, if not by the method of the checkout */
  payment_method?: string | undefined;
};

export type PurchaseHead = {
  channel: SaleChannel;
  country: string | null;
  created_at: string;
  currency: string;
  /** the day in the shop's time zone */
  day: string;
  /** what all discounts together took off, in minor units */
  discount: number;
  /** a pending sale reserves its stock until then */
  hold_expires_at: string | null;
  id: string;
  lines: number;
  /** minor units */
  net: number;
  /** of the receipt (C-000001), the refund (R-000001) or the online order (A-10432); receipts and refunds are numbered without gaps */
  number: string | null;
  /** null if the sale was paid by several methods, or it is not known how */
  payment_method: string | null;
  placed_at: string;
  /** what cash rounding adds to the total; the payments add up to total plus rounding */
  rounding: number;
  status: OrderStatus;
  /** minor units */
  tax: number;
  /** net and tax, in minor units */
  total: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type PurchaseList = {
  data: PurchaseHead[];
  next_cursor: string | null;
};

export type PurchasePayment = {
  /** the secret with which the buyer's page pays at the provider; if null, get the purchase again */
  client_secret: string | null;
  /** why the provider rejects the payment: cancel the purchase and pay by another method */
  error: string | null;
  provider: PaymentProvider;
  status: PurchasePaymentStatus;
  /** the page of the provider where an order with a payment link is paid; null if it is paid otherwise, or the link has expired */
  url: string | null;
};

export type PurchasePaymentStatus = "pending" | "paid" | "cancelled" | "refunded";

export type PurchasePlacedEvent = {
  data: Sale;
  timestamp: string;
  type: "purchase.placed";
};

/** Amounts beyond 2^53 - 1 are shown as 2^53 - 1. */
export type PurchaseSummary = {
  /** spend per order, in minor units */
  average: number;
  by_category: PurchaseSummaryByCategoryItem[];
  by_month: PurchaseSummaryByMonthItem[];
  currency: string;
  /** completed purchases */
  orders: number;
  /** sum of refunds as a non-negative amount, in minor units */
  refunded: number;
  /** net of refunds, in minor units */
  spend: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type PurchaseSummaryByCategoryItem = {
  category: string | null;
  /** minor units */
  spend: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type PurchaseSummaryByMonthItem = {
  month: string;
  /** completed purchases */
  orders: number;
  /** minor units */
  spend: number;
};

export type QuotaPolicy = "address" | "tenant" | "public" | "user" | "key";

export type RankedCountry = {
  /** with `compare`: the figures before */
  before?: CountryFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: CountryFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: CountryFiguresChange | undefined;
  country: string;
  /** ISO 3166-1 alpha-2; null if the name is not that of a country */
  country_code: string | null;
  customers: number;
  refunds: number;
  /** in minor units */
  revenue: number;
  sales: number;
  /** share of the revenue of all countries, from 0 to 1 */
  share: number;
  /** units of all products, with at most three decimals */
  units: number;
};

export type RankedProduct = {
  /** with `compare`: the figures before */
  before?: ProductFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: ProductFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: ProductFiguresChange | undefined;
  product_id: string;
  /** in minor units */
  revenue: number;
  sales: number;
  sku: string;
  title: string;
  /** units of all products, with at most three decimals */
  units: number;
};

export type RankingMeasure = "revenue" | "units" | "sales";

/** A refund has negative quantities and amounts. */
export type Receipt = {
  /** minor units */
  change: number;
  currency: string;
  /** name; null if there is none or the customer was erased */
  customer: string | null;
  customer_tax_id: string | null;
  /** sum of the discounts of the items */
  discount: number;
  discount_reason: string | null;
  id: string;
  /** this refund voids its sale, or this sale was voided */
  is_void: boolean;
  items: ReceiptItem[];
  kind: SaleKind;
  locale: string;
  /** minor units */
  net: number;
  /** the receipt or order number; of an imported sale the invoice number of the file */
  number: string | null;
  payments: ReceiptPayment[];
  placed_at: string;
  /** whether the prices of this sale include tax */
  prices_include_tax: boolean;
  /** reason for the refund */
  reason: string | null;
  /** the refunded sale */
  refund_of: ReceiptRefundOf | null;
  /** the refunds of this sale so far */
  refunds: ReceiptRefund[];
  /** what cash rounding adds to the total; the payments add up to total plus rounding */
  rounding: number;
  /** first name; null if there is none or the account was erased */
  seller: string | null;
  shop: ReceiptShop;
  /** minor units */
  tax: number;
  taxes: ReceiptTax[];
  timezone: string;
  /** minor units */
  total: number;
};

export type ReceiptFormat = "json" | "text" | "html";

export type ReceiptItem = {
  /** `subtotal` if prices include tax, else `net` */
  amount: number;
  description: string;
  /** minor units */
  discount: number;
  discount_reason: string | null;
  /** the imported unit price in major units, where it is not a whole number of minor units */
  exact_price: string | null;
  /** minor units */
  list_price: number;
  /** minor units */
  net: number;
  /** in the unit of the product, with at most three decimals */
  quantity: number;
  sku: string;
  /** minor units */
  subtotal: number;
  /** minor units */
  tax: number;
  /** refers to the row of `taxes` with the same mark */
  tax_mark: string;
  /** hundred-thousandths: 21000 is 21 %; null if no tax was charged */
  tax_rate: number | null;
  unit: Unit;
  /** minor units */
  unit_price: number;
};

export type ReceiptMail = {
  /** the mail in GET /mails */
  id: string;
  status: "pending";
};

export type ReceiptMailInput = {
  /** by default the address of the customer of the sale */
  email?: string | undefined;
  /** by default the language of the recipient, or of the shop */
  language?: string | undefined;
};

export type ReceiptPayment = {
  /** minor units */
  amount: number;
  method: string;
  /** in the language of the shop */
  name: string;
  /** minor units */
  tendered: number | null;
};

export type ReceiptRefund = {
  id: string;
  is_void: boolean;
  /** the receipt or order number; of an imported sale the invoice number of the file */
  number: string | null;
  placed_at: string;
  /** minor units */
  total: number;
};

export type ReceiptRefundOf = {
  id: string;
  /** the receipt or order number; of an imported sale the invoice number of the file */
  number: string | null;
};

export type ReceiptShop = {
  address: ShopAddress;
  legal_name: string | null;
  name: string;
  phone: string | null;
  receipt_footer: string | null;
  receipt_header: string | null;
  tax_id: string | null;
};

export type ReceiptTax = {
  /** minor units */
  gross: number;
  /** refers to the row of `taxes` with the same mark */
  mark: string;
  name: string | null;
  /** minor units */
  net: number;
  /** hundred-thousandths: 21000 is 21 %; null if no tax was charged */
  rate: number | null;
  /** minor units */
  tax: number;
};

/** columns of the text. Default: 42 */
export type ReceiptWidth = 32 | 42 | 48;

export type Recommendation = {
  product: Product;
  reason: RecommendationReason;
  /** similarity by products bought together; 0 for other reasons */
  score: number;
};

export type RecommendationList = {
  data: Recommendation[];
};

export type RecommendationReason = "bought_together" | "same_series" | "same_author" | "same_category" | "best_seller";

export type RecordedMove = {
  /** the user who made the change */
  actor_id: string | null;
  created_at: string;
  /** in the unit of the product, with at most three decimals */
  delta: number;
  id: string;
  product_id: string;
  reason: StockMoveReason;
  /** for a sale or refund, its id */
  reference: string | null;
};

/** May be omitted if the refresh cookie is sent */
export type Refresh = {
  refresh_token?: string | undefined;
};

/** A sale of kind refund, and what to check in the drawer from which it was paid back. */
export type Refund = Sale & {
  /** what to check, though the request was carried out; usually empty */
  warnings: DrawerWarning[];
};

export type RefundExcess = {
  product_id: string;
  refundable: number;
  requested: number;
};

/** Default: "sign" */
export type RefundRule = "sign" | "online-retail";

export type Registration = {
  email: string;
  first_name: string;
  last_name: string;
  password: string;
  tenant: string;
};

/** All customers with at least one sale that is not a refund. Segments follow from the scores of recency and frequency. */
export type Rfm = {
  /** the day */
  as_of: string;
  /** when the figures were calculated */
  calculated_at: string;
  currency: string;
  data: RfmDataItem[];
  next_cursor: string | null;
  segments: RfmSegmentsItem[];
};

export type RfmDataItem = {
  /** null only until the sales of an earlier import have customers */
  customer_id: string | null;
  /** the customer's `external_ref`, the CustomerID of imported sales */
  customer_ref: string | null;
  /** score of frequency */
  f: number;
  /** number of sales, without refunds */
  frequency: number;
  /** score of monetary value */
  m: number;
  /** revenue minus refunds, in minor units */
  monetary: number;
  /** score of recency: 5 is the most recent */
  r: number;
  /** days from the last sale to `as_of` */
  recency: number;
  segment: RfmSegment;
};

export type RfmSegment = "Champions" | "Loyal customers" | "Potential loyalists" | "New customers" | "Promising" | "Need attention" | "About to sleep" | "Cannot lose" | "At risk" | "Hibernating";

export type RfmSegmentsItem = {
  customers: number;
  /** in minor units */
  revenue: number;
  segment: RfmSegment;
};

export type Role = "ADMIN" | "EMPLOYEE" | "CUSTOMER";

export type RollupQueued = {
  queued: true;
};

export type RollupStatus = {
  /** days whose daily tables are out of date */
  dirty_days: string[];
  last_run: RollupStatusLastRun | null;
  /** number of days that best sellers and recommendations do not include yet */
  product_days: number;
};

export type RollupStatusLastRun = {
  /** number of days rebuilt */
  days: number;
  finished_at: string;
  started_at: string;
};

export type RotatedApiKey = {
  /** The key, returned only here */
  key: string;
  /** The last characters of the key */
  last_four: string;
  /** The time until which earlier secrets work */
  old_until: string;
};

/** A refund is a sale of kind refund with negative amounts. */
export type Sale = {
  /** the ADMIN who approved a discount or price */
  approved_by: string | null;
  /** cash given back of what was tendered */
  change: number;
  channel: SaleChannel;
  client_id: string | null;
  country: string | null;
  created_at: string;
  currency: string;
  customer_id: string | null;
  /** the customer as named in the imported file */
  customer_ref: string | null;
  /** the day in the shop's time zone */
  day: string;
  /** what all discounts together took off, in minor units */
  discount: number;
  /** reason for the discount on the whole sale */
  discount_reason: string | null;
  /** the invoice number in the imported file */
  external_ref: string | null;
  /** a pending sale reserves its stock until then */
  hold_expires_at: string | null;
  id: string;
  /** a refund that undoes a whole sale within its shift */
  is_void: boolean;
  items: SaleLine[];
  kind: SaleKind;
  lines: number;
  /** minor units */
  net: number;
  /** of the receipt (C-000001), the refund (R-000001) or the online order (A-10432); receipts and refunds are numbered without gaps */
  number: string | null;
  /** sold without a connection */
  offline: boolean;
  /** null if the sale was paid by several methods, or it is not known how */
  payment_method: string | null;
  payment_provider: PaymentProvider;
  payments: SalePayment[];
  placed_at: string;
  /** reason for the refund, or why staff cancelled the order */
  reason: string | null;
  refund_of: string | null;
  /** a refund whose goods went back to stock */
  restocked: boolean;
  /** what cash rounding adds to the total; the payments add up to total plus rounding */
  rounding: number;
  seller_id: string | null;
  /** the shift of the seller */
  shift_id: string | null;
  shipping_address: Address | null;
  status: SaleStatus;
  /** minor units */
  tax: number;
  /** net and tax, in minor units */
  total: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type SaleCancelledEvent = {
  data: Sale;
  timestamp: string;
  type: "sale.cancelled";
};

export type SaleChannel = "counter" | "online" | "import";

export type SaleCompletedEvent = {
  data: Sale;
  timestamp: string;
  type: "sale.completed";
};

export type SaleHead = {
  /** the ADMIN who approved a discount or price */
  approved_by: string | null;
  channel: SaleChannel;
  client_id: string | null;
  country: string | null;
  created_at: string;
  currency: string;
  customer_id: string | null;
  /** the customer as named in the imported file */
  customer_ref: string | null;
  /** the day in the shop's time zone */
  day: string;
  /** what all discounts together took off, in minor units */
  discount: number;
  /** reason for the discount on the whole sale */
  discount_reason: string | null;
  /** the invoice number in the imported file */
  external_ref: string | null;
  /** a pending sale reserves its stock until then */
  hold_expires_at: string | null;
  id: string;
  /** a refund that undoes a whole sale within its shift */
  is_void: boolean;
  kind: SaleKind;
  lines: number;
  /** minor units */
  net: number;
  /** of the receipt (C-000001), the refund (R-000001) or the online order (A-10432); receipts and refunds are numbered without gaps */
  number: string | null;
  /** sold without a connection */
  offline: boolean;
  /** null if the sale was paid by several methods, or it is not known how */
  payment_method: string | null;
  payment_provider: PaymentProvider;
  placed_at: string;
  /** reason for the refund, or why staff cancelled the order */
  reason: string | null;
  refund_of: string | null;
  /** a refund whose goods went back to stock */
  restocked: boolean;
  /** what cash rounding adds to the total; the payments add up to total plus rounding */
  rounding: number;
  seller_id: string | null;
  /** the shift of the seller */
  shift_id: string | null;
  status: SaleStatus;
  /** minor units */
  tax: number;
  /** net and tax, in minor units */
  total: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type SaleKind = "sale" | "refund";

export type SaleLine = {
  description: string;
  /** with the share of the sale's discount, in minor units */
  discount: number;
  discount_reason: string | null;
  /** the imported unit price in major units, where it is not a whole number of minor units */
  exact_price: string | null;
  line_no: number;
  /** the price of the product for a unit, in minor units */
  list_price: number;
  /** minor units */
  net: number;
  product_id: string;
  /** in the unit of the product, with at most three decimals */
  quantity: number;
  /** how much of this line was refunded */
  refunded: number;
  sku: string;
  /** net and tax, in minor units */
  subtotal: number;
  /** minor units */
  tax: number;
  /** hundred-thousandths: 21 % is 21000 */
  tax_rate: number | null;
  tax_rate_id: string | null;
  unit: Unit;
  /** the price charged for a unit before discounts, in minor units */
  unit_price: number;
};

export type SaleList = {
  data: SaleHead[];
  next_cursor: string | null;
};

export type SalePayment = {
  /** minor units; negative for a refund */
  amount: number;
  method: string;
  /** the cash handed over */
  tendered: number | null;
};

export type SalePaymentsCorrectedEvent = {
  data: Sale;
  timestamp: string;
  type: "sale.payments_corrected";
};

export type SaleRefundedEvent = {
  data: Sale;
  timestamp: string;
  type: "sale.refunded";
};

export type SaleStatus = "pending" | "completed" | "cancelled";

export type SalesSummary = {
  /** when the figures were calculated */
  as_of: string;
  currency: string;
  data: SalesSummaryDataItem[];
};

export type SalesSummaryDataItem = {
  date: string;
  /** number of sales, without refunds */
  num_sales: number;
  /** revenue minus refunds, in minor units */
  total_sales: number;
};

export type ScaleCode = {
  /** The decimals of the value: of the product's unit, or of the currency */
  decimals: number;
  /** The digits of the item number, directly after the prefix */
  item_digits: number;
  prefix: string;
  /** What the digits after the item number are */
  value: ScaleCodeValue;
  /** Whether the first digit after the item number is a check digit of the value. It is skipped, because the check digit of the code covers it.. Default: false */
  value_check_digit?: boolean | undefined;
};

export type ScaleCodeValue = "weight" | "price";

export type SearchHit = Product & {
  /** matching fields as HTML with <mark>; a description is reduced to an excerpt around the first match */
  highlight: Record<string, string>;
  /** relevance; higher is better */
  score: number;
};

export type SearchResultList = {
  data: SearchHit[];
  /** the corrected query, if no product contains a word as typed */
  did_you_mean: string | null;
  next_cursor: string | null;
};

export type Seller = {
  /** in minor units */
  average_sale: number;
  /** with `compare`: the figures before */
  before?: SellerFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: SellerFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: SellerFiguresChange | undefined;
  /** hours worked within the range, without unpaid breaks; an open shift counts up to now */
  hours: number;
  name: string;
  /** whether they have an open shift now */
  on_shift: boolean;
  /** number of sales, without refunds */
  orders: number;
  /** in minor units */
  revenue: number;
  role: Role;
  /** sales made on shift per hour worked, with two decimals; null below one minute of work */
  sales_per_hour: number | null;
  status: SellerStatus;
  /** units of all products, with at most three decimals */
  units: number;
  user_id: string;
};

export type SellerDashboard = {
  compared_with?: ComparedRange | undefined;
  currency: string;
  sellers: Seller[];
  title: string;
  totals: StaffTotals;
};

export type SellerFigures = {
  /** in minor units */
  average_sale: number;
  /** hours worked within the range, without unpaid breaks; an open shift counts up to now */
  hours: number;
  /** number of sales, without refunds */
  orders: number;
  /** in minor units */
  revenue: number;
  /** sales made on shift per hour worked, with two decimals; null below one minute of work */
  sales_per_hour: number | null;
  /** units of all products, with at most three decimals */
  units: number;
};

export type SellerFiguresChange = {
  average_sale: number | null;
  hours: number | null;
  orders: number | null;
  revenue: number | null;
  sales_per_hour: number | null;
  units: number | null;
};

export type SellerStatus = "working" | "on_break" | "off" | "disabled";

/** All periods of the range, with zeros where nothing was sold. Where the range is open, they begin with the first sale or end with the last one; future periods are omitted. */
export type Series = {
  /** when the figures were calculated */
  as_of: string;
  compared_with?: ComparedRange | undefined;
  currency: string;
  data: SeriesPeriod[];
  /** an hour of the shop's clock requires `from` and at most 92 days */
  interval: Interval;
};

export type SeriesPeriod = {
  /** with `compare`: the figures before */
  before?: PeriodFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: PeriodFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: PeriodFiguresChange | undefined;
  /** change of revenue in percent since the previous period of this list; null in the first period and after one without revenue */
  growth_rate: number | null;
  /** whether the period has not ended yet */
  partial: boolean;
  /** first day of the period; weeks start on Monday. For an hour its start with the offset of the shop's clock, such as 2026-10-25T02:00:00+02:00: a day on which the clocks change has 23 or 25 */
  period: string;
  refunds: number;
  /** in minor units */
  revenue: number;
  sales: number;
  /** units of all products, with at most three decimals */
  units: number;
};

export type Session = {
  created_at: string;
  /** Whether this request uses the login */
  current: boolean;
  /** The User-Agent that signed in */
  device: string | null;
  /** The time at which the login ends unless it is refreshed */
  expires_at: string;
  id: string;
  /** The time of the login or of its last refresh */
  last_used_at: string;
};

export type SessionList = {
  data: Session[];
  next_cursor: string | null;
};

export type Settings = {
  /** Minutes for which an unpaid order of a guest reserves its stock */
  guest_hold_minutes: number;
  /** Minutes for which an unpaid purchase reserves its stock */
  hold_minutes: number;
  /** Minutes without activity after which an alert is raised */
  idle_minutes: number;
  /** Hours after which a shift needs a review */
  max_shift_hours: number;
  /** Whether the customer of an online order gets mails about it: placed, paid, cancelled and refunded */
  order_mails: boolean;
  /** How many unpaid orders customers and guests may have placed from one network address */
  pending_orders_per_address: number;
  /** How many unpaid orders a customer with an account may have placed at the same time */
  pending_orders_per_customer: number;
  /** How many units customers and guests may reserve with unpaid orders from one network address */
  pending_units_per_address: number;
  /** How many units a customer with an account may reserve with unpaid orders */
  pending_units_per_customer: number;
  plan: Plan;
  /** Requests per minute of the shop, of its anonymous readers and customers together (part of the shop's), of each user, and of each address */
  quotas: SettingsQuotas;
  /** Changes to a product require If-Match; without it they are rejected with 428 */
  require_if_match: boolean;
  /** Counter sales and refunds require an open shift */
  require_shift_to_sell: boolean;
};

export type SettingsPatch = {
  /** Minutes for which an unpaid order of a guest reserves its stock */
  guest_hold_minutes?: number | undefined;
  /** Minutes for which an unpaid purchase reserves its stock */
  hold_minutes?: number | undefined;
  /** Minutes without activity after which an alert is raised */
  idle_minutes?: number | undefined;
  /** Hours after which a shift needs a review */
  max_shift_hours?: number | undefined;
  /** Whether the customer of an online order gets mails about it: placed, paid, cancelled and refunded */
  order_mails?: boolean | undefined;
  /** How many unpaid orders customers and guests may have placed from one network address */
  pending_orders_per_address?: number | undefined;
  /** How many unpaid orders a customer with an account may have placed at the same time */
  pending_orders_per_customer?: number | undefined;
  /** How many units customers and guests may reserve with unpaid orders from one network address */
  pending_units_per_address?: number | undefined;
  /** How many units a customer with an account may reserve with unpaid orders */
  pending_units_per_customer?: number | undefined;
  /** Changes to a product require If-Match; without it they are rejected with 428 */
  require_if_match?: boolean | undefined;
  /** Counter sales and refunds require an open shift */
  require_shift_to_sell?: boolean | undefined;
};

export type SettingsQuotas = {
  address: number;
  key: number;
  public: number;
  tenant: number;
  user: number;
};

export type Shift = {
  breaks: Break[];
  counted_cash: number | null;
  /** the day of the start in the shop's time zone */
  day: string;
  end_at: string | null;
  id: string;
  /** true if the shift was open longer than the shop's max_shift_hours, until an ADMIN closes or corrects it; and if the ADMIN left it longer than 24 hours */
  needs_review: boolean;
  opening_cash: number;
  /** the last activity in a shift that needs review, sales, breaks and cash movements included */
  proposed_end_at: string | null;
  sessions: WorkSession[];
  start_at: string;
  status: ShiftStatus;
  user_id: string;
  /** the number of the Z report */
  z_number: number | null;
};

export type ShiftAudit = {
  action: ShiftAuditAction;
  /** the ADMIN who made the change */
  actor_id: string;
  /** the shift at that time */
  after: Record<string, unknown>;
  /** the shift at that time */
  before: Record<string, unknown>;
  created_at: string;
  id: string;
  reason: string;
  shift_id: string;
};

export type ShiftAuditAction = "close" | "correct";

export type ShiftAuditList = {
  data: ShiftAudit[];
};

export type ShiftClose = {
  /** minor units in the drawer */
  counted_cash?: number | undefined;
  end_at: string;
  /** Default: "closed by an ADMIN" */
  reason?: string | undefined;
};

export type ShiftCorrectedEvent = {
  data: Shift;
  timestamp: string;
  type: "shift.corrected";
};

export type ShiftEnd = {
  /** minor units in the drawer */
  counted_cash?: number | undefined;
};

export type ShiftEndedEvent = {
  data: Shift;
  timestamp: string;
  type: "shift.ended";
};

export type ShiftIdleEvent = {
  data: ShiftIdleEventData;
  timestamp: string;
  type: "shift.idle";
};

export type ShiftIdleEventData = {
  /** id of the alert */
  id: string;
  last_sign_at: string;
  shift_id: string;
  user_id: string;
};

export type ShiftList = {
  data: Shift[];
  next_cursor: string | null;
};

export type ShiftNeedsReviewEvent = {
  data: Shift;
  timestamp: string;
  type: "shift.needs_review";
};

export type ShiftPatch = {
  end_at?: string | undefined;
  reason: string;
  start_at?: string | undefined;
};

export type ShiftStartedEvent = {
  data: Shift;
  timestamp: string;
  type: "shift.started";
};

export type ShiftStatus = "OPEN" | "CLOSED";

/** tax_id, address, phone, email, max_discount_percent, allow_price_override, cash_rounding, oversell, employees_see, scale_codes and rules are present for EMPLOYEE and ADMIN only */
export type Shop = {
  address?: ShopAddress | undefined;
  /** Whether an EMPLOYEE may set another price than the product's without an approval */
  allow_price_override?: boolean | undefined;
  brand_color: string | null;
  /** minor units to a multiple of which amounts in cash are rounded; 0 for no rounding */
  cash_rounding?: number | undefined;
  country: string | null;
  currency: string;
  email?: string | null | undefined;
  employees_see?: EmployeeVisibility | undefined;
  legal_name: string | null;
  locale: string;
  /** The largest discount that an EMPLOYEE gives without an approval */
  max_discount_percent?: number | undefined;
  name: string;
  oversell?: OversellRule | undefined;
  phone?: string | null | undefined;
  prices_include_tax: boolean;
  receipt_footer: string | null;
  receipt_header: string | null;
  rules?: ShopRules | undefined;
  /** The layouts of the barcodes with a weight or price that the shop's scales print */
  scale_codes?: ScaleCode[] | undefined;
  slug: string;
  tax_id?: string | null | undefined;
  timezone: string;
};

export type ShopAddress = {
  city: string;
  country: string;
  lines: string[];
  postal_code: string;
  region?: string | undefined;
} | null;

export type ShopPatch = {
  address?: ShopAddress | undefined;
  /** Whether an EMPLOYEE may set another price than the product's without an approval */
  allow_price_override?: boolean | undefined;
  /** The colour of mails and of the pages that their links open */
  brand_color?: string | null | undefined;
  /** minor units to a multiple of which amounts in cash are rounded; 0 for no rounding */
  cash_rounding?: number | undefined;
  /** ISO 3166-1 alpha-2 code of the country in which the shop is taxed */
  country?: string | null | undefined;
  currency?: string | undefined;
  email?: string | null | undefined;
  employees_see?: EmployeeVisibility | undefined;
  legal_name?: string | null | undefined;
  /** BCP 47 language tag of the texts that the shop prints and sends, stored in canonical form */
  locale?: string | undefined;
  /** The largest discount that an EMPLOYEE gives without an approval */
  max_discount_percent?: number | undefined;
  name?: string | undefined;
  oversell?: OversellRule | undefined;
  phone?: string | null | undefined;
  prices_include_tax?: boolean | undefined;
  /** lines below the sale on a receipt */
  receipt_footer?: string | null | undefined;
  /** lines above the sale on a receipt */
  receipt_header?: string | null | undefined;
  /** The layouts of the barcodes with a weight or price that the shop's scales print */
  scale_codes?: ScaleCode[] | undefined;
  tax_id?: string | null | undefined;
  timezone?: string | undefined;
};

/** The settings of the shop, which PATCH /settings changes */
export type ShopRules = {
  /** Minutes for which an unpaid order of a guest reserves its stock */
  guest_hold_minutes: number;
  /** Minutes for which an unpaid purchase reserves its stock */
  hold_minutes: number;
  /** Minutes without activity after which an alert is raised */
  idle_minutes: number;
  /** Hours after which a shift needs a review */
  max_shift_hours: number;
  /** Whether the customer of an online order gets mails about it: placed, paid, cancelled and refunded */
  order_mails: boolean;
  /** How many unpaid orders customers and guests may have placed from one network address */
  pending_orders_per_address: number;
  /** How many unpaid orders a customer with an account may have placed at the same time */
  pending_orders_per_customer: number;
  /** How many units customers and guests may reserve with unpaid orders from one network address */
  pending_units_per_address: number;
  /** How many units a customer with an account may reserve with unpaid orders */
  pending_units_per_customer: number;
  /** Changes to a product require If-Match; without it they are rejected with 428 */
  require_if_match: boolean;
  /** Counter sales and refunds require an open shift */
  require_shift_to_sell: boolean;
};

export type Shortage = {
  available: number;
  product_id: string;
  requested: number;
};

export type SlowProductList = {
  /** when the figures were calculated */
  as_of: string;
  currency: string;
  data: SlowProductListDataItem[];
  next_cursor: string | null;
};

export type SlowProductListDataItem = {
  /** what this stock cost, in minor units; null if the cost is not known */
  cost_value: number | null;
  /** the day of the last sale; null if there is none */
  last_sold: string | null;
  /** this stock at the present price, in minor units */
  price_value: number;
  product_id: string;
  sku: string;
  /** in the unit of the product, with at most three decimals */
  stock: number;
  title: string;
  unit: Unit;
};

export type StaffFigures = {
  hours: number;
  /** number of sales of the shop, including those without a seller; with `employees_see: own`, of the EMPLOYEE */
  orders: number;
  /** in minor units */
  revenue: number;
};

export type StaffFiguresChange = {
  hours: number | null;
  orders: number | null;
  revenue: number | null;
};

export type StaffRole = "EMPLOYEE" | "ADMIN";

export type StaffTotals = {
  /** with `compare`: the figures before */
  before?: StaffFigures | undefined;
  /** with `compare`: the difference from the figures before */
  change?: StaffFiguresChange | undefined;
  /** with `compare`: the change in percent of the figure before; null where that is zero */
  change_percent?: StaffFiguresChange | undefined;
  /** active staff */
  employees: number;
  hours: number;
  /** staff with an open shift now */
  on_shift: number;
  /** number of sales of the shop, including those without a seller; with `employees_see: own`, of the EMPLOYEE */
  orders: number;
  /** in minor units */
  revenue: number;
};

export type StartImportBody = {
  dates?: string | undefined;
  decimal?: string | undefined;
  file: string;
  mapping?: string | undefined;
  sheet?: string | undefined;
};

export type StartImportDryRun = "true" | "head" | "false";

export type StartedShift = Shift & {
  /** the session of this device */
  session: WorkSession;
};

export type StockChange = {
  count?: number | undefined;
  delta?: number | undefined;
  reason: StockChangeReason;
  reference?: string | undefined;
  /** only with a count: the version of the product that was read; rejected if it has changed */
  version?: number | undefined;
};

export type StockChangeReason = "received" | "count" | "damage" | "correction";

/** What a sale took beyond the stock. A count of the product resolves it. */
export type StockDiscrepancy = {
  /** when the sale arrived */
  created_at: string;
  id: string;
  /** in the unit of the product, with at most three decimals */
  missing: number;
  product_id: string;
  resolved_at: string | null;
  /** who counted; null while it is open, and if an import of products counted */
  resolved_by: string | null;
  sale_id: string;
  sale_number: string;
  sku: string;
  title: string;
  unit: Unit;
};

export type StockDiscrepancyEvent = {
  data: StockDiscrepancyEventData;
  timestamp: string;
  type: "stock.discrepancy";
};

export type StockDiscrepancyEventData = {
  discrepancies: StockDiscrepancyEventDataDiscrepanciesItem[];
  /** the receipt number */
  number: string | null;
  placed_at: string;
  sale_id: string;
};

export type StockDiscrepancyEventDataDiscrepanciesItem = {
  id: string;
  /** units that the sale took beyond the stock */
  missing: number;
  product_id: string;
  sku: string;
  title: string;
  unit: Unit;
};

export type StockDiscrepancyList = {
  data: StockDiscrepancy[];
  next_cursor: string | null;
};

export type StockFigures = {
  /** the stock by the time since its products were last sold */
  ages: StockFiguresAgesItem[];
  /** when the figures were calculated */
  as_of: string;
  /** what the stock cost, in minor units, without products whose cost is not known */
  cost_value: number;
  currency: string;
  /** cost_value divided by what the products sold in the last 30 days cost a day; null if that is not known */
  days_of_cover: number | null;
  /** whether it is the present stock; in a shop with more than 1,500 products it is that of the last night, and nothing before the first night */
  is_live: boolean;
  /** the stock at present prices, in minor units */
  price_value: number;
  /** products in stock */
  products: number;
  /** those of them whose cost is not known */
  uncosted: number;
};

export type StockFiguresAgesItem = {
  /** what the stock cost, in minor units, without products whose cost is not known */
  cost_value: number;
  /** days since the last sale of the product; null for products never sold */
  from: number | null;
  /** the stock at present prices, in minor units */
  price_value: number;
  /** products in stock */
  products: number;
  /** null: without limit */
  to: number | null;
  /** those of them whose cost is not known */
  uncosted: number;
};

export type StockMove = {
  created_at: string;
  /** in the unit of the product, with at most three decimals */
  delta: number;
  id: string;
  product_id: string;
  reason: StockMoveReason;
  /** for a sale or refund, its id */
  reference: string | null;
  /** the stock after the move */
  stock: number;
};

export type StockMoveList = {
  data: RecordedMove[];
  next_cursor: string | null;
};

export type StockMoveReason = "sale" | "refund" | "received" | "count" | "damage" | "correction";

export type StripeEvent = Record<string, unknown>;

export type Suggestion = {
  /** HTML with <mark> */
  highlight: string;
  kind: SuggestionKind;
  /** the product of a title; null for an author */
  product_id: string | null;
  text: string;
};

export type SuggestionKind = "title" | "author";

export type SuggestionList = {
  data: Suggestion[];
};

export type TableFormat = "json" | "csv";

export type TaxRate = {
  created_at: string;
  id: string;
  /** whether the rate can be assigned to products */
  is_active: boolean;
  /** whether the rate applies to products without one; a shop has at most one such rate */
  is_default: boolean;
  /** whether it has been charged in a sale; `rate` can then no longer change */
  is_used: boolean;
  name: string;
  /** hundred-thousandths: 21 % is 21000; 0 means exempt */
  rate: number;
};

export type TaxRateList = {
  data: TaxRate[];
  next_cursor: string | null;
};

export type TaxRatePatch = {
  is_active?: boolean | undefined;
  /** true makes it the default of the shop instead of the present one; false leaves the shop without a default */
  is_default?: boolean | undefined;
  name?: string | undefined;
  /** hundred-thousandths: 21 % is 21000; 0 means exempt */
  rate?: number | undefined;
};

/** One row for each tax rate, highest first; last, with a null name and rate, what was sold without tax. A refund counts on the day of the refund. */
export type TaxReport = {
  /** when the figures were calculated */
  as_of: string;
  currency: string;
  data: TaxReportDataItem[];
  totals: TaxReportTotals;
};

export type TaxReportDataItem = {
  /** net and tax of sales, in minor units */
  gross: number;
  name: string | null;
  /** of sales, in minor units */
  net: number;
  /** hundred-thousandths */
  rate: number | null;
  /** net and tax of refunds, in minor units, positive */
  refunded_gross: number;
  /** of refunds, in minor units, positive */
  refunded_net: number;
  /** of refunds, in minor units, positive */
  refunded_tax: number;
  /** of sales, in minor units */
  tax: number;
  tax_rate_id: string | null;
};

export type TaxReportTotals = {
  /** net and tax of sales, in minor units */
  gross: number;
  /** of sales, in minor units */
  net: number;
  /** net and tax of refunds, in minor units, positive */
  refunded_gross: number;
  /** of refunds, in minor units, positive */
  refunded_net: number;
  /** of refunds, in minor units, positive */
  refunded_tax: number;
  /** of sales, in minor units */
  tax: number;
};

export type Tenant = {
  created_at: string;
  currency: string;
  id: string;
  name: string;
  slug: string;
  timezone: string;
};

export type TillReport = {
  /** sales, less refunds and voids, by category; the rows add up to total of the report */
  by_category: TillReportByCategoryItem[];
  /** what was paid by each method, and paid back by it; the totals add up to total plus rounding of the report */
  by_payment_method: TillReportByPaymentMethodItem[];
  /** minor units */
  counted_cash: number | null;
  currency: string;
  /** counted_cash minus expected_cash */
  difference: number | null;
  /** what discounts took off sales, less those of refunds and voids, in minor units */
  discounts: number;
  end_at: string | null;
  /** opening_cash + the total of cash in by_payment_method + paid_in - paid_out */
  expected_cash: number;
  /** over the counter */
  first_sale_at: string | null;
  /** over the counter */
  last_sale_at: string | null;
  /** the first 100 sales that an offline till sent after the end of their shift or made without one: those made in this shift, and those that its seller sent during it. No Z report and no expected cash includes them */
  late_sales: LateSale[];
  late_sales_count: number;
  /** total without tax, in minor units */
  net: number;
  /** minor units */
  opening_cash: number;
  /** minor units */
  paid_in: number;
  /** minor units */
  paid_out: number;
  /** without voids */
  refunds: TillReportRefunds;
  /** X while the shift is open, Z once it is closed */
  report: TillReportReport;
  /** what cash rounding added to the total; the payments add up to total plus rounding */
  rounding: number;
  sales: TillReportSales;
  shift_id: string;
  start_at: string;
  /** tax in the total, in minor units */
  tax: number;
  /** sales, less refunds and voids, by tax rate, highest first; last, with a null name and rate, what was sold without tax. The rows add up to net, tax and total of the report. */
  taxes: TillReportTaxesItem[];
  /** sales, less refunds and voids: the sum of their totals, and net plus tax */
  total: number;
  user_id: string;
  voids: TillReportVoids;
  /** numbered by shop, from 1 */
  z_number: number | null;
};

export type TillReportByCategoryItem = {
  category: string | null;
  /** minor units */
  total: number;
  /** in the unit of the product, with at most three decimals */
  units: number;
};

export type TillReportByPaymentMethodItem = {
  payment_method: string;
  /** minor units, zero or negative */
  refunds: number;
  /** minor units */
  sales: number;
  /** sales, less refunds and voids, in minor units */
  total: number;
  /** minor units, zero or negative */
  voids: number;
};

export type TillReportRefunds = {
  count: number;
  /** minor units, zero or negative */
  total: number;
};

export type TillReportReport = "X" | "Z";

export type TillReportSales = {
  count: number;
  /** minor units */
  total: number;
};

export type TillReportTaxesItem = {
  /** sales, less refunds and voids, in minor units */
  gross: number;
  name: string | null;
  /** sales, less refunds and voids, in minor units */
  net: number;
  /** hundred-thousandths */
  rate: number | null;
  /** sales, less refunds and voids, in minor units */
  tax: number;
  tax_rate_id: string | null;
};

export type TillReportVoids = {
  count: number;
  /** minor units, zero or negative */
  total: number;
};

export type UnavailableItem = {
  available: number;
  product_id: string;
  requested: number;
  sku: string;
  title: string;
};

export type Unit = "piece" | "kg" | "g" | "l" | "ml" | "m" | "m2" | "h";

export type User = {
  created_at: string;
  email: string;
  /** When a mail to the address bounced. Until a mail reaches it, only what the person has asked for is sent */
  email_bounced_at: string | null;
  /** Whether a mail to the address reached the person */
  email_confirmed: boolean;
  first_name: string;
  id: string;
  is_active: boolean;
  last_name: string;
  preferences: Preferences;
  role: Role;
  tenant_id: string;
};

export type UserList = {
  data: User[];
  next_cursor: string | null;
};

export type UserPatch = {
  is_active?: boolean | undefined;
  role?: Role | undefined;
};

export type Void = {
  /** Default: "voided" */
  reason?: string | undefined;
};

export type Webhook = {
  /** closed: deliveries are attempted; open: the endpoint did not answer in time, and its deliveries wait until `next_probe_at`; half_open: the next delivery is a probe, which closes the circuit if the endpoint answers */
  circuit: WebhookCircuit;
  consecutive_timeouts: number;
  created_at: string;
  description: string | null;
  disabled_reason: string | null;
  event_types: string[];
  id: string;
  is_enabled: boolean;
  next_probe_at: string | null;
  updated_at: string;
  url: string;
};

export type WebhookCircuit = "closed" | "open" | "half_open";

export type WebhookList = {
  data: Webhook[];
  next_cursor: string | null;
};

export type WebhookPatch = {
  description?: string | null | undefined;
  /** ["*"] subscribes to all types */
  event_types?: EventFilter[] | undefined;
  /** false fails pending deliveries; true does not send them again, and closes the `circuit`, as a new `url` does */
  is_enabled?: boolean | undefined;
  /** An https:// URL with a public address and any port; in local development also a loopback address. Redirects are not followed */
  url?: string | undefined;
};

export type WebhookPingEvent = {
  data: WebhookPingEventData;
  timestamp: string;
  type: "webhook.ping";
};

export type WebhookPingEventData = {
  endpoint_id: string;
  id: string;
};

export type WebhookSecret = {
  /** The time until which the old secret also signs */
  old_until: string;
  /** The secret for Standard Webhooks signatures, returned only once */
  secret: string;
};

export type Wish = {
  /** from 1, the highest, to 5, the lowest */
  priority: number;
};

export type Wishlist = {
  data: WishlistItem[];
  next_cursor: string | null;
};

export type WishlistItem = {
  /** the product was sold out when it was added or later, and can be bought now */
  back_in_stock: boolean;
  /** when the product was added */
  created_at: string;
  /** the price is lower than when the product was added */
  price_fell: boolean;
  /** the price when the product was added, in minor units */
  price_then: number;
  /** from 1, the highest, to 5, the lowest */
  priority: number;
  product: Product;
};

/** A device on which the person works in a shift */
export type WorkSession = {
  device_label: string | null;
  end_at: string | null;
  id: string;
  start_at: string;
};

/** Sorted by day and name. A shift across midnight is split between both days. */
export type WorkedHourList = {
  /** open shifts count until then */
  as_of: string;
  data: WorkedHourListDataItem[];
  from: string;
  to: string;
  totals: WorkedHourListTotalsItem[];
};

export type WorkedHourListDataItem = {
  day: string;
  /** seconds / 3600, two decimals */
  hours: number;
  name: string;
  /** worked seconds: elapsed time without unpaid breaks */
  seconds: number;
  /** number of shifts that overlap the day */
  shifts: number;
  unpaid_break_seconds: number;
  user_id: string;
};

export type WorkedHourListTotalsItem = {
  /** seconds / 3600, two decimals */
  hours: number;
  name: string;
  /** worked seconds: elapsed time without unpaid breaks */
  seconds: number;
  /** number of shifts that overlap the range */
  shifts: number;
  user_id: string;
};

/** A sale that a till made offline, and that an ADMIN decided not to record */
export type WriteOff = {
  client_id: string;
  created_at: string;
  items: WriteOffItemsItem[];
  /** why the sale was refused */
  problem?: string | undefined;
  reason: string;
  /** who sold */
  seller_id?: string | undefined;
  sold_at: string;
  /** what was charged, in minor units */
  total: number;
  /** the ADMIN */
  written_off_by: string;
};

export type WriteOffItemsItem = {
  product_id: string;
  /** in the unit of the product, with at most three decimals */
  quantity: number;
};

/** The body of a webhook, by its type. */
export type WebhookEvent =
  | PaymentRefundDueEvent
  | PaymentRefundedEvent
  | ProductCreatedEvent
  | ProductHiddenEvent
  | ProductLowStockEvent
  | ProductStockChangedEvent
  | ProductUpdatedEvent
  | ProductsImportedEvent
  | PurchaseChangedEvent
  | PurchasePlacedEvent
  | SaleCancelledEvent
  | SaleCompletedEvent
  | SalePaymentsCorrectedEvent
  | SaleRefundedEvent
  | ShiftCorrectedEvent
  | ShiftEndedEvent
  | ShiftIdleEvent
  | ShiftNeedsReviewEvent
  | ShiftStartedEvent
  | StockDiscrepancyEvent
  | WebhookPingEvent;

/** The members of each problem beyond those that all have, by the last segment of its type. */
export interface ProblemMembers {
  "account-erased": unknown;
  "ambiguous-credentials": unknown;
  "ambiguous-format": {
    choices: FormatChoice[];
    /** Cells that can be read in several formats */
    examples: string[];
    /** The query parameter that settles it */
    parameter: FormatSetting;
  };
  "amount-too-large": {
    /** The invalid locations, at most 20 */
    errors: Fault[];
  };
  "approval-required": {
    /** What would be paid out, in minor units */
    amount?: number | undefined;
    /** The cash in the drawer, in minor units */
    expected_cash?: number | undefined;
    /** The field to send */
    requires: "approval";
  };
  "barcode-taken": {
    barcode?: string | undefined;
    /** The product that has the barcode */
    product?: BarcodeOwner | undefined;
  };
  "belongs-to-account": unknown;
  "body-required": unknown;
  "break-already-open": unknown;
  "cart-full": unknown;
  "conflict": unknown;
  "csrf": unknown;
  "currency-in-use": unknown;
  "device-decided": unknown;
  "email-taken": {
    /** The customer with this e-mail */
    customer_id?: string | undefined;
  };
  "empty-cart": unknown;
  "event-deleted": {
    /** Events from this day on are still stored */
    stored_since: string;
  };
  "forbidden": unknown;
  "idempotency-key-missing": unknown;
  "idempotency-mismatch": unknown;
  "insufficient-scope": {
    /** The scope that the API key lacks */
    scope: string;
  };
  "internal": unknown;
  "invalid": {
    /** The invalid locations, at most 20 */
    errors: Fault[];
  };
  "invalid-approval": unknown;
  "invalid-credentials": unknown;
  "invalid-cursor": {
    /** The invalid locations, at most 20 */
    errors: Fault[];
  };
  "invalid-encoding": unknown;
  "invalid-gzip": unknown;
  "invalid-link": unknown;
  "invalid-signature": unknown;
  "invalid-token": unknown;
  "last-admin": unknown;
  "list-full": unknown;
  "mail-not-failed": unknown;
  "malformed-json": unknown;
  "merged-account": unknown;
  "missing-columns": {
    /** The columns of the file */
    columns: string[];
    /** The invalid locations, at most 20 */
    errors: Fault[];
    /** The columns that were recognised, by field: a mapping to complete */
    proposal: Record<string, string>;
    /** The first rows of the file */
    sample: string[][];
  };
  "no-open-break": unknown;
  "no-open-shift": unknown;
  "no-payment-link": unknown;
  "no-receipt": unknown;
  "not-cancellable": unknown;
  "not-changeable": unknown;
  "not-confirmable": unknown;
  "not-found": unknown;
  "not-refundable": {
    /** What of the payment is due for a refund, in minor units */
    due?: number | undefined;
  };
  "not-voidable": unknown;
  "origin-not-allowed": unknown;
  "out-of-stock": {
    items: Shortage[];
  };
  "payments-mismatch": {
    /** What cash adds to the total by rounding, in minor units */
    rounding: number;
    /** The total in minor units */
    total: number;
  };
  "payments-not-correctable": unknown;
  "precondition-failed": unknown;
  "precondition-required": unknown;
  "price-changed": {
    /** The new total in minor units */
    total: number;
  };
  "product-unavailable": {
    items: UnavailableItem[];
  };
  "purchase-pending": unknown;
  "quantity-too-large": {
    /** The invalid locations, at most 20 */
    errors: Fault[];
  };
  "quota-exceeded": {
    "violated-policies": QuotaPolicy[];
  };
  "range-not-satisfiable": unknown;
  "reference-taken": {
    /** The customer with this reference */
    customer_id: string;
  };
  "refund-exceeds-sale": {
    items: RefundExcess[];
  };
  "shift-already-open": {
    shift: Shift;
  };
  "shift-closed": unknown;
  "shift-open": unknown;
  "shift-overlap": unknown;
  "signup-closed": unknown;
  "sku-taken": unknown;
  "slug-taken": unknown;
  "stock-not-counted": unknown;
  "tax-rate-exists": unknown;
  "tax-rate-in-use": {
    /** Whether it is the default of the shop */
    is_default: boolean;
    /** How many products have this rate */
    products: number;
  };
  "tax-rate-inactive": unknown;
  "tax-rate-used": unknown;
  "tenant-required": unknown;
  "token-reused": unknown;
  "too-deep": unknown;
  "too-large": unknown;
  "too-many-api-keys": unknown;
  "too-many-attempts": unknown;
  "too-many-carts": unknown;
  "too-many-mails": unknown;
  "too-many-pending-orders": unknown;
  "too-many-webhooks": unknown;
  "unavailable": unknown;
  "unknown-cart": unknown;
  "unknown-code": unknown;
  "unknown-country": unknown;
  "unknown-customer": {
    /** The invalid locations, at most 20 */
    errors: Fault[];
  };
  "unknown-order": unknown;
  "unknown-product": {
    /** The invalid locations, at most 20 */
    errors: Fault[];
  };
  "unknown-tax-rate": {
    /** The invalid locations, at most 20 */
    errors: Fault[];
  };
  "unknown-tenant": unknown;
  "unsupported-media-type": unknown;
  "webhook-disabled": unknown;
}

export type ExportSaleLinesQuery = {
  from?: string | undefined;
  to?: string | undefined;
  channel?: SaleChannel | undefined;
  kind?: SaleKind | undefined;
  seller_id?: string | undefined;
  /** customer_id, external_ref of a customer, or customer_ref */
  customer?: string | undefined;
  /** the number of a receipt, refund or order */
  number?: string | undefined;
  status?: SaleStatus | undefined;
  format?: "csv" | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ExportStockQuery = {
  format?: "csv" | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetAbandonedCartsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** the hours since a product was last added */
  hours?: number | undefined;
};

export type GetAmountsQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
};

export type GetBasketsQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
};

export type GetBreakdownQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
  /** what the rows are */
  by: BreakdownDimension;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetCohortsQuery = {
  /** a day in the first month; the month eleven months before the last one by default */
  from?: string | undefined;
  /** a day in the last month; the present month by default */
  to?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetCountryQuery = {
  from?: string | undefined;
  to?: string | undefined;
};

export type GetCustomerFiguresQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
};

export type GetFunnelQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
};

export type GetGoalsQuery = {
  /** the first month; by default `to`, or the current month */
  from?: string | undefined;
  /** the last month, inclusive, at most 36 in all; by default `from`, or the current month */
  to?: string | undefined;
};

export type GetImportRejectsQuery = {
  format?: GetImportRejectsFormat | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetImportRetainedQuery = {
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetKpisQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
};

export type GetMarginQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
};

export type GetOverviewQuery = {
  /** 29 days before `to` by default */
  from?: string | undefined;
  /** today by default */
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
  /** of `series`; by default day up to 62 days, week up to 60 weeks, and month beyond */
  interval?: Interval | undefined;
};

export type GetPurchaseReceiptQuery = {
  /** columns of the text */
  width?: ReceiptWidth | undefined;
};

export type GetPurchaseSummaryQuery = {
  from?: string | undefined;
  to?: string | undefined;
};

export type GetReceiptQuery = {
  /** columns of the text */
  width?: ReceiptWidth | undefined;
};

export type GetRfmQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** the day up to which sales and refunds count; today by default */
  as_of?: string | undefined;
  /** only the customers of this segment */
  segment?: RfmSegment | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetSalesSummaryQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetSellerDashboardQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
};

export type GetSeriesQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
  /** an hour of the shop's clock requires `from` and at most 92 days */
  interval?: Interval | undefined;
};

export type GetSlowProductsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** days without a sale */
  days?: number | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetTaxReportQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type GetTopCountriesQuery = {
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
  limit?: number | undefined;
  sort?: GetTopCountriesSort | undefined;
  order?: GetTopCountriesOrder | undefined;
};

export type GetTopCustomersQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  sort?: RankingMeasure | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

export type GetTopProductsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  sort?: RankingMeasure | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day. */
  compare?: Comparison | undefined;
  /** with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before */
  align?: ComparisonAlignment | undefined;
  category?: string | undefined;
};

export type GetWorkedHoursQuery = {
  from?: string | undefined;
  to?: string | undefined;
  user_id?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ListActivityQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListAlertsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  open?: boolean | Flag | undefined;
  user_id?: string | undefined;
  kind?: AlertKind | undefined;
};

export type ListApiKeysQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListAuditQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** A day in the shop's time zone, or a time */
  from?: string | undefined;
  /** A day in the shop's time zone, or a time; inclusive */
  to?: string | undefined;
  actor_id?: string | undefined;
  action?: AuditAction | undefined;
  entity?: AuditEntity | undefined;
  entity_id?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ListCashMovesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListCustomerSalesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  kind?: SaleKind | undefined;
  status?: SaleStatus | undefined;
};

export type ListCustomersQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** words, each of which begins a word of the name, the e-mail, the phone or the tax id. Accents and case do not matter, nor do spaces in a phone or tax id. */
  q?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ListDeadLettersQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListDeliveriesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** failed: the endpoint was disabled or deleted, or returned 410; dead: all attempts failed */
  status?: DeliveryStatus | undefined;
};

export type ListDiscrepanciesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  open?: boolean | Flag | undefined;
  product_id?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ListFavoritesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListImportsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListInvitationsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListLakeDaysQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

export type ListLakeFilesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  dataset?: LakeDataset | undefined;
};

export type ListMailsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  status?: MailStatus | undefined;
  kind?: MailKind | undefined;
  /** The whole address */
  recipient?: string | undefined;
  /** What the mails are about, such as the id of an order */
  about?: string | undefined;
};

export type ListMetricLinesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

export type ListOrdersQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** the number of an order (A-10432), or the first letters of words of its customer's name, e-mail or phone */
  q?: string | undefined;
  /** refunded: all units were refunded */
  status?: OrderStatus | undefined;
  customer_id?: string | undefined;
  seller_id?: string | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ListPaymentsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** refund_due: the payment arrived too late or had a wrong amount, or its sale was refunded */
  status?: PaymentStatus | undefined;
};

export type ListProductsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** repeat the parameter to match any of up to 100 values */
  category?: string[] | undefined;
  /** repeat the parameter to match any of up to 100 values */
  author?: string[] | undefined;
  /** repeat the parameter to match any of up to 100 values */
  language?: string[] | undefined;
  price_min?: number | undefined;
  price_max?: number | undefined;
  /** false: hidden products, visible to staff only */
  is_active?: boolean | Flag | undefined;
  /** true: only products that can be bought now; false: only sold-out products */
  in_stock?: boolean | Flag | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
  /** title ignores case and accents; -rating lists unrated products last */
  sort?: ListProductsSort | undefined;
  /** true: also count the matching products by category, author, language and price */
  facets?: boolean | Flag | undefined;
  /** only products that were changed at this time or later, their stock included, by updated_at and then id; staff also get hidden ones. Cannot be combined with filters, sort or facets. */
  updated_since?: string | undefined;
};

export type ListPurchasesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** refunded: all units were refunded */
  status?: OrderStatus | undefined;
};

export type ListRecommendationsQuery = {
  limit?: number | undefined;
};

export type ListSalesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  channel?: SaleChannel | undefined;
  kind?: SaleKind | undefined;
  seller_id?: string | undefined;
  /** customer_id, external_ref of a customer, or customer_ref */
  customer?: string | undefined;
  /** the number of a receipt, refund or order */
  number?: string | undefined;
  status?: SaleStatus | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ListSessionsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListShiftsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  user_id?: string | undefined;
  status?: ShiftStatus | undefined;
  /** of CSV: the decimal separator */
  decimal?: DecimalSeparator | undefined;
  /** of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma */
  delimiter?: CsvDelimiter | undefined;
  /** of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8 */
  bom?: boolean | Flag | undefined;
};

export type ListSimilarProductsQuery = {
  limit?: number | undefined;
};

export type ListStockMovesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  reason?: StockMoveReason | undefined;
};

export type ListTaxRatesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** only active or inactive rates */
  is_active?: boolean | Flag | undefined;
};

export type ListUsersQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  role?: Role | undefined;
};

export type ListWebhooksQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type ListWishesQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
};

export type LookUpProductQuery = {
  /** a barcode, an ISBN-10 or ISBN-13 with or without hyphens, a SKU, or a code that a scale printed */
  code: string;
};

export type SearchProductsQuery = {
  limit?: number | undefined;
  /** next_cursor of the previous page. Repeat the other parameters. A page may be shorter than limit, even empty; only next_cursor null ends the list. */
  cursor?: string | undefined;
  /** repeat the parameter to match any of up to 100 values */
  category?: string[] | undefined;
  /** repeat the parameter to match any of up to 100 values */
  author?: string[] | undefined;
  /** repeat the parameter to match any of up to 100 values */
  language?: string[] | undefined;
  price_min?: number | undefined;
  price_max?: number | undefined;
  /** true: only products that can be bought now; false: only sold-out products */
  in_stock?: boolean | Flag | undefined;
  /** literal text; words after the twelfth are ignored */
  q: string;
};

export type StartImportQuery = {
  kind: ImportKind;
  /** the order of day, month and year, where the file does not show it */
  dates?: DateOrder | undefined;
  /** the decimal separator, where the file does not show it */
  decimal?: DecimalSeparator | undefined;
  /** the name of a saved mapping, or JSON: the column of each field, such as `{"InvoiceNo":"Ticket","UnitPrice":"PVP"}`, or `{"columns":{},"constants":{},"rules":{},"dates":"dmy","decimal":"comma"}` */
  mapping?: string | undefined;
  /** the sheet of a spreadsheet; by default the first visible one that is not empty */
  sheet?: string | undefined;
};

export type SuggestProductsQuery = {
  /** the text typed so far; at least 2 letters */
  q: string;
};

/** A method for each operation of the API, by its operationId. */
export interface Operations<M extends Mode> {
  /**
   * Accept an invitation and choose a password
   *
   * POST /api/v1/invitations/accept.
   */
  acceptInvitation(body: Acceptance, options?: CallOptions): Result<M, Login>;

  /**
   * Add units of a product to the cart
   *
   * POST /api/v1/cart/items. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: carts:write.
   */
  addCartItem(body: NewCartItem, options?: CallOptions<"idempotencyKey" | "cart">): Result<M, Cart>;

  /**
   * Add a product to my favorites
   *
   * PUT /api/v1/favorites/{product_id}. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  addFavorite(productId: string, options?: CallOptions): Result<M, void>;

  /**
   * Add a product to my wishlist, or change its priority
   *
   * PUT /api/v1/wishlist/{product_id}. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  addWish(productId: string, body: Wish, options?: CallOptions): Result<M, void>;

  /**
   * Sign in a device as me
   *
   * POST /api/v1/auth/device-grants/{code}/approve. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  approveDevice(code: string, options?: CallOptions): Result<M, DeviceGrant>;

  /**
   * Cancel a pending order
   *
   * POST /api/v1/orders/{id}/cancel. Roles: EMPLOYEE, ADMIN. Scope: orders:write.
   */
  cancelOrder(id: string, body?: OrderCancellation, options?: CallOptions<"idempotencyKey">): Result<M, Order>;

  /**
   * Cancel a pending purchase: my own, or as staff any buyer's
   *
   * POST /api/v1/purchases/{id}/cancel. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: orders:write.
   */
  cancelPurchase(id: string, options?: CallOptions<"idempotencyKey" | "order">): Result<M, Purchase>;

  /**
   * Change my e-mail address
   *
   * PUT /api/v1/users/me/email. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  changeMyEmail(body: EmailChange, options?: CallOptions): Result<M, void>;

  /**
   * Change my password
   *
   * PUT /api/v1/auth/password. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  changePassword(body: PasswordChange, options?: CallOptions): Result<M, void>;

  /**
   * Close the open shift of a person who forgot to end it
   *
   * POST /api/v1/shifts/{id}/close. Roles: ADMIN.
   */
  closeShift(id: string, body: ShiftClose, options?: CallOptions<"idempotencyKey">): Result<M, EndedShift>;

  /**
   * Confirm an e-mail address by a link
   *
   * POST /api/v1/auth/email/confirm.
   */
  confirmEmail(body: EmailConfirmation, options?: CallOptions): Result<M, void>;

  /**
   * Confirm the payment of a pending purchase
   *
   * POST /api/v1/purchases/{id}/confirm. Roles: EMPLOYEE, ADMIN. Scope: payments:write.
   */
  confirmPurchase(id: string, body?: PurchaseConfirmation, options?: CallOptions<"idempotencyKey">): Result<M, Purchase>;

  /**
   * Correct how a sale of an open shift was paid
   *
   * POST /api/v1/sales/{id}/payments/correct. Roles: EMPLOYEE, ADMIN.
   */
  correctPayments(id: string, body: PaymentCorrection, options?: CallOptions<"idempotencyKey">): Result<M, Sale>;

  /**
   * Correct when a closed shift started or ended
   *
   * PATCH /api/v1/shifts/{id}. Roles: ADMIN.
   */
  correctShift(id: string, body: ShiftPatch, options?: CallOptions): Result<M, Shift>;

  /**
   * Create an API key
   *
   * POST /api/v1/api-keys. Roles: ADMIN.
   */
  createApiKey(body: NewApiKey, options?: CallOptions): Result<M, CreatedApiKey>;

  /**
   * Create the cart of a guest
   *
   * POST /api/v1/carts. Scope: carts:write.
   */
  createCart(options?: CallOptions): Result<M, NewCart>;

  /**
   * Pay cash into or out of the drawer without a sale
   *
   * POST /api/v1/shifts/current/cash. Roles: EMPLOYEE, ADMIN.
   */
  createCashMove(body: NewCashMove, options?: CallOptions<"idempotencyKey">): Result<M, CashMove>;

  /**
   * Add a customer without an account
   *
   * POST /api/v1/customers. Roles: EMPLOYEE, ADMIN. Scope: customers:write.
   */
  createCustomer(body: NewCustomer, options?: CallOptions<"idempotencyKey">): Result<M, Customer>;

  /**
   * Invite a person to work in the shop
   *
   * POST /api/v1/users/invitations. Roles: ADMIN.
   */
  createInvitation(body: NewInvitation, options?: CallOptions<"idempotencyKey">): Result<M, Invitation>;

  /**
   * Create an order on behalf of a customer
   *
   * POST /api/v1/orders. Roles: EMPLOYEE, ADMIN. Scope: orders:write.
   */
  createOrder(body: NewOrder, options?: CallOptions<"idempotencyKey">): Result<M, Order>;

  /**
   * Add a product
   *
   * POST /api/v1/products. Roles: EMPLOYEE, ADMIN. Scope: products:write.
   */
  createProduct(body: NewProduct, options?: CallOptions<"idempotencyKey">): Result<M, Product>;

  /**
   * Buy the contents of the cart
   *
   * POST /api/v1/purchases/checkout. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: carts:write.
   */
  createPurchase(body: Checkout, options?: CallOptions<"idempotencyKey" | "cart">): Result<M, PlacedPurchase>;

  /**
   * Refund a sale, whole or in part
   *
   * POST /api/v1/sales/{id}/refunds. Roles: EMPLOYEE, ADMIN. Scope: sales:write.
   */
  createRefund(id: string, body: NewRefund, options?: CallOptions<"idempotencyKey">): Result<M, Refund>;

  /**
   * Sell over the counter
   *
   * POST /api/v1/sales. Roles: EMPLOYEE, ADMIN. Scope: sales:write.
   */
  createSale(body: NewSale, options?: CallOptions<"idempotencyKey">): Result<M, Sale>;

  /**
   * Sign in
   *
   * POST /api/v1/auth/login.
   */
  createSession(body: Credentials, options?: CallOptions<"cart">): Result<M, Login>;

  /**
   * Create an EMPLOYEE or ADMIN account
   *
   * POST /api/v1/users. Roles: ADMIN.
   */
  createStaff(body: NewStaff, options?: CallOptions<"idempotencyKey">): Result<M, User>;

  /**
   * Add a tax rate, or replace one
   *
   * POST /api/v1/tax-rates. Roles: ADMIN. Scope: taxes:write.
   */
  createTaxRate(body: NewTaxRate, options?: CallOptions<"idempotencyKey">): Result<M, TaxRate>;

  /**
   * Open a shop with its first ADMIN
   *
   * POST /api/v1/tenants.
   */
  createTenant(body: NewTenant, options?: CallOptions<"idempotencyKey">): Result<M, OpenedTenant>;

  /**
   * Exchange a device code or a refresh token for tokens
   *
   * POST /api/v1/oauth/token.
   */
  createToken(body: OAuthTokenRequest, options?: CallOptions): Result<M, OAuthToken>;

  /**
   * Register an endpoint for events
   *
   * POST /api/v1/webhooks. Roles: ADMIN. Scope: webhooks:write.
   */
  createWebhook(body: NewWebhook, options?: CallOptions<"idempotencyKey">): Result<M, CreatedWebhook>;

  /**
   * Delete a saved mapping
   *
   * DELETE /api/v1/import-mappings/{name}. Roles: ADMIN. Scope: imports:write.
   */
  deleteImportMapping(name: string, options?: CallOptions): Result<M, void>;

  /**
   * Delete an endpoint
   *
   * DELETE /api/v1/webhooks/{id}. Roles: ADMIN. Scope: webhooks:write.
   */
  deleteWebhook(id: string, options?: CallOptions): Result<M, void>;

  /**
   * Deny a device
   *
   * POST /api/v1/auth/device-grants/{code}/deny. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  denyDevice(code: string, options?: CallOptions): Result<M, DeviceGrant>;

  /**
   * Empty the cart
   *
   * DELETE /api/v1/cart. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: carts:write.
   */
  emptyCart(options?: CallOptions<"cart">): Result<M, Cart>;

  /**
   * End my open break
   *
   * POST /api/v1/shifts/current/breaks/end. Roles: EMPLOYEE, ADMIN.
   */
  endBreak(options?: CallOptions<"idempotencyKey">): Result<M, Shift>;

  /**
   * End all my logins except the current one
   *
   * DELETE /api/v1/auth/sessions. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  endMyOtherSessions(options?: CallOptions): Result<M, void>;

  /**
   * End one of my logins
   *
   * DELETE /api/v1/auth/sessions/{id}. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  endMySession(id: string, options?: CallOptions): Result<M, void>;

  /**
   * End this login
   *
   * POST /api/v1/auth/logout. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  endSession(options?: CallOptions): Result<M, void>;

  /**
   * End my shift, with its open break and sessions
   *
   * POST /api/v1/shifts/end. Roles: EMPLOYEE, ADMIN.
   */
  endShift(body?: ShiftEnd, options?: CallOptions<"idempotencyKey">): Result<M, EndedShift>;

  /**
   * End all logins of an account
   *
   * DELETE /api/v1/users/{id}/sessions. Roles: ADMIN.
   */
  endUserSessions(id: string, options?: CallOptions): Result<M, void>;

  /**
   * Erase a customer without an account
   *
   * DELETE /api/v1/customers/{id}. Roles: ADMIN.
   */
  eraseCustomer(id: string, options?: CallOptions): Result<M, void>;

  /**
   * Erase my account
   *
   * DELETE /api/v1/users/me. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  eraseMyAccount(body: Erasure, options?: CallOptions): Result<M, void>;

  /**
   * Erase another account
   *
   * DELETE /api/v1/users/{id}. Roles: ADMIN.
   */
  eraseUser(id: string, options?: CallOptions): Result<M, void>;

  /**
   * Download everything that the shop holds about me
   *
   * GET /api/v1/customers/me/export. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  exportMyData(options?: CallOptions): Result<M, PersonalDataExport>;

  /**
   * Download the lines of sales and refunds as CSV, oldest first
   *
   * GET /api/v1/sales/lines. Roles: EMPLOYEE, ADMIN. Scope: sales:read.
   */
  exportSaleLines(query?: ExportSaleLinesQuery, options?: CallOptions): Result<M, string>;

  /**
   * Download the stock of products as CSV
   *
   * GET /api/v1/stock. Roles: EMPLOYEE, ADMIN. Scope: stock:read.
   */
  exportStock(query?: ExportStockQuery, options?: CallOptions): Result<M, string>;

  /**
   * List abandoned carts
   *
   * GET /api/v1/metrics/carts. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getAbandonedCarts(query?: GetAbandonedCartsQuery, options?: CallOptions): Result<M, AbandonedCartList>;

  /**
   * Get what was sold, refunded, discounted and taxed
   *
   * GET /api/v1/metrics/amounts. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getAmounts(query?: GetAmountsQuery, options?: CallOptions): Result<M, AmountReport>;

  /**
   * Get an API key
   *
   * GET /api/v1/api-keys/{id}. Roles: ADMIN.
   */
  getApiKey(id: string, options?: CallOptions): Result<M, ApiKey>;

  /**
   * Get how many lines and units sales have
   *
   * GET /api/v1/metrics/baskets. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getBaskets(query?: GetBasketsQuery, options?: CallOptions): Result<M, BasketReport>;

  /**
   * Get sales by channel, payment method, category, refund reason or hour of the week
   *
   * GET /api/v1/metrics/breakdown. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getBreakdown(query: GetBreakdownQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, Breakdown>;
  /**
   * Get sales by channel, payment method, category, refund reason or hour of the week
   *
   * GET /api/v1/metrics/breakdown. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getBreakdown(query: GetBreakdownQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * Get my cart at current prices
   *
   * GET /api/v1/cart. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: carts:read.
   */
  getCart(options?: CallOptions<"cart">): Result<M, Cart>;

  /**
   * Get customers by the month of their first sale, with retention and revenue
   *
   * GET /api/v1/metrics/cohorts. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getCohorts(query?: GetCohortsQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, CohortReport>;
  /**
   * Get customers by the month of their first sale, with retention and revenue
   *
   * GET /api/v1/metrics/cohorts. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getCohorts(query: GetCohortsQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * Get a country with its monthly series
   *
   * GET /api/v1/metrics/top-countries/{country}. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getCountry(country: string, query?: GetCountryQuery, options?: CallOptions): Result<M, Country>;

  /**
   * Download a cover
   *
   * GET /api/v1/covers/{tenant_id}/{file}. Scope: products:read.
   */
  getCover(tenantId: string, file: string, options?: CallOptions): Result<M, Blob>;

  /**
   * Get my open shift
   *
   * GET /api/v1/shifts/current. Roles: EMPLOYEE, ADMIN.
   */
  getCurrentShift(options?: CallOptions): Result<M, Shift>;

  /**
   * Get a customer with the figures of their sales
   *
   * GET /api/v1/customers/{id}. Roles: EMPLOYEE, ADMIN. Scope: customers:read.
   */
  getCustomer(id: string, options?: CallOptions): Result<M, CustomerWithFigures>;

  /**
   * Get new and returning customers and their revenue
   *
   * GET /api/v1/metrics/customers. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getCustomerFigures(query?: GetCustomerFiguresQuery, options?: CallOptions): Result<M, CustomerReport>;

  /**
   * Get the device that shows a code
   *
   * GET /api/v1/auth/device-grants/{code}. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  getDeviceGrant(code: string, options?: CallOptions): Result<M, DeviceGrant>;

  /**
   * Get how many carts were ordered and paid
   *
   * GET /api/v1/metrics/funnel. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getFunnel(query?: GetFunnelQuery, options?: CallOptions): Result<M, Funnel>;

  /**
   * Get target revenue by month and its progress
   *
   * GET /api/v1/goals. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getGoals(query?: GetGoalsQuery, options?: CallOptions): Result<M, GoalList>;

  /**
   * Check the service and its background work
   *
   * GET /healthz.
   */
  getHealth(options?: CallOptions): Result<M, Health>;

  /**
   * Get the signed-in account
   *
   * GET /api/v1/auth/me. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  getIdentity(options?: CallOptions): Result<M, Me>;

  /**
   * Get an import and its progress
   *
   * GET /api/v1/imports/{id}. Roles: ADMIN. Scope: imports:read.
   */
  getImport(id: string, options?: CallOptions): Result<M, Import>;

  /**
   * Download the rejected rows of an import
   *
   * GET /api/v1/imports/{id}/rejects. Roles: ADMIN. Scope: imports:read.
   */
  getImportRejects(id: string, query?: GetImportRejectsQuery, options?: CallOptions): Result<M, string>;

  /**
   * Download what the undo of an import left in place
   *
   * GET /api/v1/imports/{id}/retained. Roles: ADMIN. Scope: imports:read.
   */
  getImportRetained(id: string, query?: GetImportRetainedQuery, options?: CallOptions): Result<M, string>;

  /**
   * Get the public keys that verify access tokens (RFC 7517)
   *
   * GET /.well-known/jwks.json.
   */
  getKeys(options?: CallOptions): Result<M, KeySet>;

  /**
   * Get key figures over a range of days
   *
   * GET /api/v1/metrics/kpis. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getKpis(query?: GetKpisQuery, options?: CallOptions): Result<M, KpiReport>;

  /**
   * Download a file of the lake, or a range of it
   *
   * GET /api/v1/lake/files/{key}. Roles: ADMIN. Scope: lake:read.
   */
  getLakeFile(key: string, options?: CallOptions<"ifNoneMatch">): Result<M, Blob>;

  /**
   * Get the number of past days that the lake must build
   *
   * GET /api/v1/lake/status. Roles: ADMIN. Scope: lake:read.
   */
  getLakeStatus(options?: CallOptions): Result<M, LakeStatus>;

  /**
   * Get the gross margin
   *
   * GET /api/v1/metrics/margin. Roles: ADMIN. Scope: metrics:read.
   */
  getMargin(query?: GetMarginQuery, options?: CallOptions): Result<M, Margin>;

  /**
   * Get my account
   *
   * GET /api/v1/users/me. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  getMyAccount(options?: CallOptions): Result<M, User>;

  /**
   * Get the cash to start a shift with: the last count of a drawer of the shop
   *
   * GET /api/v1/shifts/opening-cash. Roles: EMPLOYEE, ADMIN.
   */
  getOpeningCash(options?: CallOptions): Result<M, OpeningCash>;

  /**
   * Get an order with its lines
   *
   * GET /api/v1/orders/{id}. Roles: EMPLOYEE, ADMIN. Scope: orders:read.
   */
  getOrder(id: string, options?: CallOptions): Result<M, Order>;

  /**
   * Get a whole dashboard
   *
   * GET /api/v1/metrics/overview. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getOverview(query?: GetOverviewQuery, options?: CallOptions): Result<M, Overview>;

  /**
   * Get the platforms that are allowed for activity
   *
   * GET /api/v1/platforms. Roles: ADMIN. Scope: shifts:read.
   */
  getPlatforms(options?: CallOptions): Result<M, PlatformList>;

  /**
   * Get a product
   *
   * GET /api/v1/products/{id}. Scope: products:read.
   */
  getProduct(id: string, options?: CallOptions<"ifNoneMatch">): Result<M, Product>;

  /**
   * Get one of my purchases
   *
   * GET /api/v1/purchases/{id}. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: orders:read.
   */
  getPurchase(id: string, options?: CallOptions<"order">): Result<M, Purchase>;

  /**
   * Get the receipt of one of my purchases as JSON, text or HTML
   *
   * GET /api/v1/purchases/{id}/receipt. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: orders:read.
   */
  getPurchaseReceipt(id: string, query?: GetPurchaseReceiptQuery & { format?: "json" | undefined }, options?: CallOptions<"order">): Result<M, Receipt>;
  /**
   * Get the receipt of one of my purchases as JSON, text or HTML
   *
   * GET /api/v1/purchases/{id}/receipt. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: orders:read.
   */
  getPurchaseReceipt(id: string, query: GetPurchaseReceiptQuery & { format: "text" }, options?: CallOptions<"order">): Result<M, string>;
  /**
   * Get the receipt of one of my purchases as JSON, text or HTML
   *
   * GET /api/v1/purchases/{id}/receipt. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: orders:read.
   */
  getPurchaseReceipt(id: string, query: GetPurchaseReceiptQuery & { format: "html" }, options?: CallOptions<"order">): Result<M, string>;

  /**
   * Summarise my spending by category and by month
   *
   * GET /api/v1/purchases/analytics/summary. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  getPurchaseSummary(query?: GetPurchaseSummaryQuery, options?: CallOptions): Result<M, PurchaseSummary>;

  /**
   * Get the receipt of a sale or refund as JSON, text or HTML
   *
   * GET /api/v1/sales/{id}/receipt. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: sales:read.
   */
  getReceipt(id: string, query?: GetReceiptQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, Receipt>;
  /**
   * Get the receipt of a sale or refund as JSON, text or HTML
   *
   * GET /api/v1/sales/{id}/receipt. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: sales:read.
   */
  getReceipt(id: string, query: GetReceiptQuery & { format: "text" }, options?: CallOptions): Result<M, string>;
  /**
   * Get the receipt of a sale or refund as JSON, text or HTML
   *
   * GET /api/v1/sales/{id}/receipt. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: sales:read.
   */
  getReceipt(id: string, query: GetReceiptQuery & { format: "html" }, options?: CallOptions): Result<M, string>;

  /**
   * Get customers by recency, frequency and monetary value, as JSON or CSV
   *
   * GET /api/v1/metrics/rfm. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getRfm(query?: GetRfmQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, Rfm>;
  /**
   * Get customers by recency, frequency and monetary value, as JSON or CSV
   *
   * GET /api/v1/metrics/rfm. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getRfm(query: GetRfmQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * Get the days that are out of date, and the last rebuild
   *
   * GET /api/v1/rollups/status. Roles: ADMIN. Scope: rollups:read.
   */
  getRollupStatus(options?: CallOptions): Result<M, RollupStatus>;

  /**
   * Get a sale with its lines
   *
   * GET /api/v1/sales/{id}. Roles: EMPLOYEE, ADMIN. Scope: sales:read.
   */
  getSale(id: string, options?: CallOptions): Result<M, Sale>;

  /**
   * Get sales and revenue per day, as JSON or CSV
   *
   * GET /api/v1/metrics/sales-summary. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getSalesSummary(query?: GetSalesSummaryQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, SalesSummary>;
  /**
   * Get sales and revenue per day, as JSON or CSV
   *
   * GET /api/v1/metrics/sales-summary. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getSalesSummary(query: GetSalesSummaryQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * Get the dashboard of staff and their sales
   *
   * GET /api/v1/reports/dashboard. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getSellerDashboard(query?: GetSellerDashboardQuery, options?: CallOptions): Result<M, SellerDashboard>;

  /**
   * Get sales by hour, day, week, month or year
   *
   * GET /api/v1/metrics/series. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getSeries(query?: GetSeriesQuery, options?: CallOptions): Result<M, Series>;

  /**
   * Get the settings of the shop
   *
   * GET /api/v1/settings. Roles: ADMIN. Scope: shop:read.
   */
  getSettings(options?: CallOptions): Result<M, Settings>;

  /**
   * Get the profile of the shop
   *
   * GET /api/v1/shop. Scope: shop:read.
   */
  getShop(options?: CallOptions): Result<M, Shop>;

  /**
   * List products in stock that do not sell
   *
   * GET /api/v1/metrics/slow-products. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getSlowProducts(query?: GetSlowProductsQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, SlowProductList>;
  /**
   * List products in stock that do not sell
   *
   * GET /api/v1/metrics/slow-products. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getSlowProducts(query: GetSlowProductsQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * Get the value of the stock and its days of cover
   *
   * GET /api/v1/metrics/stock. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getStockFigures(options?: CallOptions): Result<M, StockFigures>;

  /**
   * Get net, tax and gross amounts by tax rate, as JSON or CSV
   *
   * GET /api/v1/reports/tax. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getTaxReport(query?: GetTaxReportQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, TaxReport>;
  /**
   * Get net, tax and gross amounts by tax rate, as JSON or CSV
   *
   * GET /api/v1/reports/tax. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getTaxReport(query: GetTaxReportQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * Get the report of a shift: its sales and its expected cash
   *
   * GET /api/v1/shifts/{id}/report. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  getTillReport(id: string, options?: CallOptions): Result<M, TillReport>;

  /**
   * Rank countries by revenue or units
   *
   * GET /api/v1/metrics/top-countries. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getTopCountries(query?: GetTopCountriesQuery, options?: CallOptions): Result<M, CountryRanking>;

  /**
   * Rank customers by revenue, units or sales
   *
   * GET /api/v1/metrics/top-customers. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getTopCustomers(query?: GetTopCustomersQuery, options?: CallOptions): Result<M, CustomerRanking>;

  /**
   * Rank products by revenue, units or sales
   *
   * GET /api/v1/metrics/top-products. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  getTopProducts(query?: GetTopProductsQuery, options?: CallOptions): Result<M, ProductRanking>;

  /**
   * Get an endpoint
   *
   * GET /api/v1/webhooks/{id}. Roles: ADMIN. Scope: webhooks:read.
   */
  getWebhook(id: string, options?: CallOptions): Result<M, Webhook>;

  /**
   * List worked hours by day and person: my own, or everyone's as an ADMIN
   *
   * GET /api/v1/shifts/hours. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  getWorkedHours(query?: GetWorkedHoursQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, WorkedHourList>;
  /**
   * List worked hours by day and person: my own, or everyone's as an ADMIN
   *
   * GET /api/v1/shifts/hours. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  getWorkedHours(query: GetWorkedHoursQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * Hide a product
   *
   * DELETE /api/v1/products/{id}. Roles: EMPLOYEE, ADMIN. Scope: products:write.
   */
  hideProduct(id: string, options?: CallOptions<"ifMatch">): Result<M, void>;

  /**
   * Join my open shift from another device
   *
   * POST /api/v1/shifts/current/sessions. Roles: EMPLOYEE, ADMIN.
   */
  joinShift(body?: NewWorkSession, options?: CallOptions<"idempotencyKey">): Result<M, WorkSession>;

  /**
   * List who is on shift now
   *
   * GET /api/v1/shifts/active. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  listActiveShifts(options?: CallOptions): Result<M, ActiveShiftList>;

  /**
   * List the activity of a shift, oldest first
   *
   * GET /api/v1/shifts/{id}/activity. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  listActivity(id: string, query?: ListActivityQuery, options?: CallOptions): Result<M, ActivityList>;

  /**
   * List alerts of idle and overlong shifts and of missing stock, newest first
   *
   * GET /api/v1/alerts. Roles: ADMIN. Scope: shifts:read.
   */
  listAlerts(query?: ListAlertsQuery, options?: CallOptions): Result<M, AlertList>;

  /**
   * List the API keys of the shop, newest first
   *
   * GET /api/v1/api-keys. Roles: ADMIN.
   */
  listApiKeys(query?: ListApiKeysQuery, options?: CallOptions): Result<M, ApiKeyList>;

  /**
   * List who can approve at the till
   *
   * GET /api/v1/approvers. Roles: EMPLOYEE, ADMIN. Scope: users:read.
   */
  listApprovers(options?: CallOptions): Result<M, ApproverList>;

  /**
   * List the audit log, newest first
   *
   * GET /api/v1/audit. Roles: ADMIN. Scope: audit:read.
   */
  listAudit(query?: ListAuditQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, AuditList>;
  /**
   * List the audit log, newest first
   *
   * GET /api/v1/audit. Roles: ADMIN. Scope: audit:read.
   */
  listAudit(query: ListAuditQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * List the cash that was paid into or out of the drawer in a shift without a sale, the latest first
   *
   * GET /api/v1/shifts/{id}/cash. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  listCashMoves(id: string, query?: ListCashMovesQuery, options?: CallOptions): Result<M, CashMoveList>;

  /**
   * List the categories of a shop, largest first
   *
   * GET /api/v1/products/categories. Scope: products:read.
   */
  listCategories(options?: CallOptions): Result<M, CategoryList>;

  /**
   * List the sales and refunds of a customer, newest first
   *
   * GET /api/v1/customers/{id}/sales. Roles: EMPLOYEE, ADMIN. Scope: customers:read.
   */
  listCustomerSales(id: string, query?: ListCustomerSalesQuery, options?: CallOptions): Result<M, SaleList>;

  /**
   * List or search the customers, newest first, as JSON or CSV
   *
   * GET /api/v1/customers. Roles: EMPLOYEE, ADMIN. Scope: customers:read.
   */
  listCustomers(query?: ListCustomersQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, CustomerList>;
  /**
   * List or search the customers, newest first, as JSON or CSV
   *
   * GET /api/v1/customers. Roles: EMPLOYEE, ADMIN. Scope: customers:read.
   */
  listCustomers(query: ListCustomersQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * List dead letters, newest first
   *
   * GET /api/v1/events/dead-letters. Roles: ADMIN. Scope: events:read.
   */
  listDeadLetters(query?: ListDeadLettersQuery, options?: CallOptions): Result<M, DeadLetterList>;

  /**
   * List the deliveries of an endpoint, newest first
   *
   * GET /api/v1/webhooks/{id}/deliveries. Roles: ADMIN. Scope: webhooks:read.
   */
  listDeliveries(id: string, query?: ListDeliveriesQuery, options?: CallOptions): Result<M, DeliveryList>;

  /**
   * List what sales took beyond the stock, newest first
   *
   * GET /api/v1/stock/discrepancies. Roles: EMPLOYEE, ADMIN. Scope: stock:read.
   */
  listDiscrepancies(query?: ListDiscrepanciesQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, StockDiscrepancyList>;
  /**
   * List what sales took beyond the stock, newest first
   *
   * GET /api/v1/stock/discrepancies. Roles: EMPLOYEE, ADMIN. Scope: stock:read.
   */
  listDiscrepancies(query: ListDiscrepanciesQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * List my favorites, newest first
   *
   * GET /api/v1/favorites. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  listFavorites(query?: ListFavoritesQuery, options?: CallOptions): Result<M, FavoriteList>;

  /**
   * List the saved mappings of imports
   *
   * GET /api/v1/import-mappings. Roles: ADMIN. Scope: imports:read.
   */
  listImportMappings(options?: CallOptions): Result<M, ImportMappingList>;

  /**
   * List imports, newest first
   *
   * GET /api/v1/imports. Roles: ADMIN. Scope: imports:read.
   */
  listImports(query?: ListImportsQuery, options?: CallOptions): Result<M, ImportList>;

  /**
   * List the open invitations, newest first
   *
   * GET /api/v1/users/invitations. Roles: ADMIN. Scope: users:read.
   */
  listInvitations(query?: ListInvitationsQuery, options?: CallOptions): Result<M, InvitationList>;

  /**
   * List the daily totals that the lake must match
   *
   * GET /api/v1/lake/days. Roles: ADMIN. Scope: lake:read.
   */
  listLakeDays(query?: ListLakeDaysQuery, options?: CallOptions): Result<M, LakeDayList>;

  /**
   * List the Parquet files of the lake by key
   *
   * GET /api/v1/lake/files. Roles: ADMIN. Scope: lake:read.
   */
  listLakeFiles(query?: ListLakeFilesQuery, options?: CallOptions): Result<M, LakeFileList>;

  /**
   * List the mails of the shop, newest first
   *
   * GET /api/v1/mails. Roles: ADMIN. Scope: mails:read.
   */
  listMails(query?: ListMailsQuery, options?: CallOptions): Result<M, MailList>;

  /**
   * List the sale lines behind the figures, newest first
   *
   * GET /api/v1/metrics/page. Roles: EMPLOYEE, ADMIN. Scope: metrics:read.
   */
  listMetricLines(query?: ListMetricLinesQuery, options?: CallOptions): Result<M, MetricLineList>;

  /**
   * List orders, newest first, or oldest first as CSV
   *
   * GET /api/v1/orders. Roles: EMPLOYEE, ADMIN. Scope: orders:read.
   */
  listOrders(query?: ListOrdersQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, OrderList>;
  /**
   * List orders, newest first, or oldest first as CSV
   *
   * GET /api/v1/orders. Roles: EMPLOYEE, ADMIN. Scope: orders:read.
   */
  listOrders(query: ListOrdersQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * List the payment methods of the shop
   *
   * GET /api/v1/payment-methods. Roles: EMPLOYEE, ADMIN. Scope: shop:read.
   */
  listPaymentMethods(options?: CallOptions): Result<M, PaymentMethodList>;

  /**
   * List payments and refunds of online sales, newest first
   *
   * GET /api/v1/payments. Roles: EMPLOYEE, ADMIN. Scope: payments:read.
   */
  listPayments(query?: ListPaymentsQuery, options?: CallOptions): Result<M, PaymentList>;

  /**
   * List the products of a shop
   *
   * GET /api/v1/products. Scope: products:read.
   */
  listProducts(query?: ListProductsQuery & { format?: "json" | undefined }, options?: CallOptions<"ifNoneMatch">): Result<M, ProductList>;
  /**
   * List the products of a shop
   *
   * GET /api/v1/products. Scope: products:read.
   */
  listProducts(query: ListProductsQuery & { format: "csv" }, options?: CallOptions<"ifNoneMatch">): Result<M, string>;

  /**
   * List my purchases, newest first
   *
   * GET /api/v1/purchases. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  listPurchases(query?: ListPurchasesQuery, options?: CallOptions): Result<M, PurchaseList>;

  /**
   * Recommend products to me
   *
   * GET /api/v1/recommendations. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  listRecommendations(query?: ListRecommendationsQuery, options?: CallOptions): Result<M, RecommendationList>;

  /**
   * List sales and refunds, newest first, or oldest first as CSV
   *
   * GET /api/v1/sales. Roles: EMPLOYEE, ADMIN. Scope: sales:read.
   */
  listSales(query?: ListSalesQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, SaleList>;
  /**
   * List sales and refunds, newest first, or oldest first as CSV
   *
   * GET /api/v1/sales. Roles: EMPLOYEE, ADMIN. Scope: sales:read.
   */
  listSales(query: ListSalesQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * List my active logins, newest first
   *
   * GET /api/v1/auth/sessions. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  listSessions(query?: ListSessionsQuery, options?: CallOptions): Result<M, SessionList>;

  /**
   * List the changes that an ADMIN made to a shift, oldest first
   *
   * GET /api/v1/shifts/{id}/audit. Roles: ADMIN. Scope: shifts:read.
   */
  listShiftChanges(id: string, options?: CallOptions): Result<M, ShiftAuditList>;

  /**
   * List shifts, newest first: my own, or everyone's as an ADMIN
   *
   * GET /api/v1/shifts. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  listShifts(query?: ListShiftsQuery & { format?: "json" | undefined }, options?: CallOptions): Result<M, ShiftList>;
  /**
   * List shifts, newest first: my own, or everyone's as an ADMIN
   *
   * GET /api/v1/shifts. Roles: EMPLOYEE, ADMIN. Scope: shifts:read.
   */
  listShifts(query: ListShiftsQuery & { format: "csv" }, options?: CallOptions): Result<M, string>;

  /**
   * List products related to a product
   *
   * GET /api/v1/products/{id}/recommendations. Scope: products:read.
   */
  listSimilarProducts(id: string, query?: ListSimilarProductsQuery, options?: CallOptions): Result<M, RecommendationList>;

  /**
   * List the stock moves of a product, newest first
   *
   * GET /api/v1/products/{id}/stock-moves. Roles: EMPLOYEE, ADMIN. Scope: stock:read.
   */
  listStockMoves(id: string, query?: ListStockMovesQuery, options?: CallOptions): Result<M, StockMoveList>;

  /**
   * List the tax rates of the shop, oldest first
   *
   * GET /api/v1/tax-rates. Roles: EMPLOYEE, ADMIN. Scope: taxes:read.
   */
  listTaxRates(query?: ListTaxRatesQuery, options?: CallOptions): Result<M, TaxRateList>;

  /**
   * List the accounts of the shop, newest first
   *
   * GET /api/v1/users. Roles: ADMIN. Scope: users:read.
   */
  listUsers(query?: ListUsersQuery, options?: CallOptions): Result<M, UserList>;

  /**
   * List the endpoints of the shop, newest first
   *
   * GET /api/v1/webhooks. Roles: ADMIN. Scope: webhooks:read.
   */
  listWebhooks(query?: ListWebhooksQuery, options?: CallOptions): Result<M, WebhookList>;

  /**
   * List my wishlist, highest priority first, then newest first
   *
   * GET /api/v1/wishlist. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  listWishes(query?: ListWishesQuery, options?: CallOptions): Result<M, Wishlist>;

  /**
   * Get the product of a scanned or typed code
   *
   * GET /api/v1/products/lookup. Scope: products:read.
   */
  lookUpProduct(query: LookUpProductQuery, options?: CallOptions<"ifNoneMatch">): Result<M, LookedUpProduct>;

  /**
   * Send the receipt of a sale or refund by mail
   *
   * POST /api/v1/sales/{id}/receipt/mail. Roles: EMPLOYEE, ADMIN. Scope: sales:write.
   */
  mailReceipt(id: string, body?: ReceiptMailInput, options?: CallOptions<"idempotencyKey">): Result<M, ReceiptMail>;

  /**
   * Merge a customer into another one
   *
   * POST /api/v1/customers/{id}/merge. Roles: ADMIN. Scope: customers:write.
   */
  mergeCustomer(id: string, body: CustomerMerge, options?: CallOptions): Result<M, Customer>;

  /**
   * Change the stock of a product by a delta or a count
   *
   * POST /api/v1/products/{id}/stock. Roles: EMPLOYEE, ADMIN. Scope: stock:write.
   */
  moveStock(id: string, body: StockChange, options?: CallOptions<"idempotencyKey">): Result<M, StockMove>;

  /**
   * Send a webhook.ping event to an endpoint
   *
   * POST /api/v1/webhooks/{id}/test. Roles: ADMIN. Scope: webhooks:write.
   */
  pingWebhook(id: string, options?: CallOptions<"idempotencyKey">): Result<M, Delivery>;

  /**
   * Receive payment events from Stripe
   *
   * POST /api/v1/payments/stripe/webhook.
   */
  receiveStripeEvent(body: StripeEvent, options?: CallOptions): Result<M, void>;

  /**
   * Record activity in my open shift, up to 100 events
   *
   * POST /api/v1/shifts/current/activity. Roles: EMPLOYEE, ADMIN.
   */
  recordActivity(body: ActivityBatch, options?: CallOptions): Result<M, ActivityResult>;

  /**
   * Record that a sale which a till made offline is written off
   *
   * POST /api/v1/sales/write-offs. Roles: ADMIN.
   */
  recordWriteOff(body: NewWriteOff, options?: CallOptions): Result<M, WriteOff>;

  /**
   * Exchange a refresh token for the next pair of tokens
   *
   * POST /api/v1/auth/refresh.
   */
  refreshSession(body?: Refresh, options?: CallOptions): Result<M, Login>;

  /**
   * Refund a payment whose refund is due, or a part of it
   *
   * POST /api/v1/payments/{id}/refund. Roles: EMPLOYEE, ADMIN. Scope: payments:write.
   */
  refundPayment(id: string, body?: PaymentRefund, options?: CallOptions<"idempotencyKey">): Result<M, Payment>;

  /**
   * Register as a customer of a shop
   *
   * POST /api/v1/auth/register.
   */
  registerCustomer(body: Registration, options?: CallOptions<"idempotencyKey" | "cart">): Result<M, User>;

  /**
   * Remove a product from the cart
   *
   * DELETE /api/v1/cart/items/{product_id}. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: carts:write.
   */
  removeCartItem(productId: string, options?: CallOptions<"cart">): Result<M, Cart>;

  /**
   * Remove the cover of a product
   *
   * DELETE /api/v1/products/{id}/cover. Roles: EMPLOYEE, ADMIN. Scope: products:write.
   */
  removeCover(id: string, options?: CallOptions<"ifMatch">): Result<M, void>;

  /**
   * Remove a product from my favorites
   *
   * DELETE /api/v1/favorites/{product_id}. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  removeFavorite(productId: string, options?: CallOptions): Result<M, void>;

  /**
   * Remove my PIN
   *
   * DELETE /api/v1/users/me/pin. Roles: ADMIN.
   */
  removePin(options?: CallOptions): Result<M, void>;

  /**
   * Remove a product from my wishlist
   *
   * DELETE /api/v1/wishlist/{product_id}. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  removeWish(productId: string, options?: CallOptions): Result<M, void>;

  /**
   * Give a pending order a new payment link
   *
   * POST /api/v1/orders/{id}/payment-link. Roles: EMPLOYEE, ADMIN. Scope: orders:write.
   */
  renewPaymentLink(id: string, options?: CallOptions<"idempotencyKey">): Result<M, Order>;

  /**
   * Replace the barcodes of a product
   *
   * PUT /api/v1/products/{id}/barcodes. Roles: EMPLOYEE, ADMIN. Scope: products:write.
   */
  replaceBarcodes(id: string, body: ProductBarcodes, options?: CallOptions<"ifMatch">): Result<M, Product>;

  /**
   * Upload the cover of a product
   *
   * PUT /api/v1/products/{id}/cover. Roles: EMPLOYEE, ADMIN. Scope: products:write.
   */
  replaceCover(id: string, body: UploadBody, options?: CallOptions<"ifMatch"> & UploadOptions): Result<M, Product>;

  /**
   * Replace the target revenue of a month
   *
   * PUT /api/v1/goals. Roles: ADMIN. Scope: metrics:write.
   */
  replaceGoals(body: GoalsBody, options?: CallOptions): Result<M, GoalList>;

  /**
   * Replace the payment methods that the shop adds to the built-in ones
   *
   * PUT /api/v1/payment-methods. Roles: ADMIN. Scope: shop:write.
   */
  replacePaymentMethods(body: PaymentMethodsBody, options?: CallOptions): Result<M, PaymentMethodList>;

  /**
   * Replace the platforms that are allowed for activity
   *
   * PUT /api/v1/platforms. Roles: ADMIN. Scope: shifts:write.
   */
  replacePlatforms(body: Platforms, options?: CallOptions): Result<M, PlatformList>;

  /**
   * Send a dead letter to its queue again
   *
   * POST /api/v1/events/dead-letters/{id}/replay. Roles: ADMIN. Scope: events:write.
   */
  replayDeadLetter(id: string, options?: CallOptions<"idempotencyKey">): Result<M, DeadLetter>;

  /**
   * Send a delivery again, with the same webhook-id
   *
   * POST /api/v1/webhooks/{id}/deliveries/{delivery_id}/replay. Roles: ADMIN. Scope: webhooks:write.
   */
  replayDelivery(id: string, deliveryId: string, options?: CallOptions<"idempotencyKey">): Result<M, Delivery>;

  /**
   * Request the codes by which a person signs in a device
   *
   * POST /api/v1/oauth/device_authorization.
   */
  requestDeviceAuthorization(body: DeviceAuthorizationRequest, options?: CallOptions): Result<M, DeviceAuthorization>;

  /**
   * Request a link to choose a new password
   *
   * POST /api/v1/auth/password/forgot.
   */
  requestPasswordReset(body: ForgottenPassword, options?: CallOptions): Result<M, void>;

  /**
   * Choose a new password by a link
   *
   * POST /api/v1/auth/password/reset.
   */
  resetPassword(body: PasswordReset, options?: CallOptions): Result<M, void>;

  /**
   * Send a failed mail again
   *
   * POST /api/v1/mails/{id}/retry. Roles: ADMIN. Scope: mails:write.
   */
  retryMail(id: string, options?: CallOptions): Result<M, Mail>;

  /**
   * Revoke an API key
   *
   * DELETE /api/v1/api-keys/{id}. Roles: ADMIN.
   */
  revokeApiKey(id: string, options?: CallOptions): Result<M, void>;

  /**
   * Give an API key a new secret
   *
   * POST /api/v1/api-keys/{id}/rotate. Roles: ADMIN.
   */
  rotateApiKey(id: string, body: ApiKeyRotation, options?: CallOptions): Result<M, RotatedApiKey>;

  /**
   * Give an endpoint a new secret
   *
   * POST /api/v1/webhooks/{id}/rotate-secret. Roles: ADMIN. Scope: webhooks:write.
   */
  rotateWebhookSecret(id: string, options?: CallOptions<"idempotencyKey">): Result<M, WebhookSecret>;

  /**
   * Rebuild changed past days now
   *
   * POST /api/v1/lake/run. Roles: ADMIN. Scope: lake:write.
   */
  runLake(options?: CallOptions): Result<M, LakeQueued>;

  /**
   * Rebuild the daily tables now
   *
   * POST /api/v1/rollups/run. Roles: ADMIN. Scope: rollups:write.
   */
  runRollup(options?: CallOptions): Result<M, RollupQueued>;

  /**
   * Set a named mapping of imports
   *
   * PUT /api/v1/import-mappings. Roles: ADMIN. Scope: imports:write.
   */
  saveImportMapping(body: ImportMappingBody, options?: CallOptions): Result<M, ImportMapping>;

  /**
   * Search products, tolerating typos
   *
   * GET /api/v1/products/search. Scope: products:read.
   */
  searchProducts(query: SearchProductsQuery, options?: CallOptions): Result<M, SearchResultList>;

  /**
   * Set the quantity of a product in the cart
   *
   * PUT /api/v1/cart/items/{product_id}. Roles: CUSTOMER, EMPLOYEE, ADMIN. Scope: carts:write.
   */
  setCartItem(productId: string, body: CartItemPatch, options?: CallOptions<"cart">): Result<M, Cart>;

  /**
   * Set a new password for an EMPLOYEE or ADMIN
   *
   * PUT /api/v1/users/{id}/password. Roles: ADMIN.
   */
  setPassword(id: string, body: NewPassword, options?: CallOptions): Result<M, void>;

  /**
   * Set the PIN with which I approve
   *
   * PUT /api/v1/users/me/pin. Roles: ADMIN.
   */
  setPin(body: PinBody, options?: CallOptions): Result<M, void>;

  /**
   * Start a break, paid or unpaid
   *
   * POST /api/v1/shifts/current/breaks/start. Roles: EMPLOYEE, ADMIN.
   */
  startBreak(body?: NewBreak, options?: CallOptions<"idempotencyKey">): Result<M, Shift>;

  /**
   * Import sales or products from CSV or a spreadsheet
   *
   * POST /api/v1/imports. Roles: ADMIN. Scope: imports:write.
   */
  startImport(body: UploadBody, query: StartImportQuery & { dry_run?: undefined }, options?: CallOptions<"idempotencyKey"> & UploadOptions): Result<M, Import>;
  /**
   * Import sales or products from CSV or a spreadsheet
   *
   * POST /api/v1/imports. Roles: ADMIN. Scope: imports:write.
   */
  startImport(body: UploadBody, query: StartImportQuery & { dry_run: "true" | "head" }, options?: CallOptions<"idempotencyKey"> & UploadOptions): Result<M, ImportDryRun>;

  /**
   * Start my shift
   *
   * POST /api/v1/shifts/start. Roles: EMPLOYEE, ADMIN.
   */
  startShift(body?: NewShift, options?: CallOptions<"idempotencyKey">): Result<M, StartedShift>;

  /**
   * Suggest up to ten completions
   *
   * GET /api/v1/products/suggest. Scope: products:read.
   */
  suggestProducts(query: SuggestProductsQuery, options?: CallOptions): Result<M, SuggestionList>;

  /**
   * Undo an import
   *
   * DELETE /api/v1/imports/{id}. Roles: ADMIN. Scope: imports:write.
   */
  undoImport(id: string, options?: CallOptions): Result<M, Import>;

  /**
   * Change what an API key may do
   *
   * PATCH /api/v1/api-keys/{id}. Roles: ADMIN.
   */
  updateApiKey(id: string, body: ApiKeyPatch, options?: CallOptions): Result<M, ApiKey>;

  /**
   * Change a customer
   *
   * PATCH /api/v1/customers/{id}. Roles: EMPLOYEE, ADMIN. Scope: customers:write.
   */
  updateCustomer(id: string, body: CustomerPatch, options?: CallOptions<"ifMatch">): Result<M, Customer>;

  /**
   * Change my name or preferences
   *
   * PATCH /api/v1/users/me. Roles: CUSTOMER, EMPLOYEE, ADMIN.
   */
  updateMyAccount(body: MePatch, options?: CallOptions): Result<M, User>;

  /**
   * Change an order
   *
   * PATCH /api/v1/orders/{id}. Roles: EMPLOYEE, ADMIN. Scope: orders:write.
   */
  updateOrder(id: string, body: OrderPatch, options?: CallOptions<"ifMatch">): Result<M, Order>;

  /**
   * Change a product
   *
   * PATCH /api/v1/products/{id}. Roles: EMPLOYEE, ADMIN. Scope: products:write.
   */
  updateProduct(id: string, body: ProductPatch, options?: CallOptions<"ifMatch">): Result<M, Product>;

  /**
   * Change the settings of the shop
   *
   * PATCH /api/v1/settings. Roles: ADMIN. Scope: shop:write.
   */
  updateSettings(body: SettingsPatch, options?: CallOptions): Result<M, Settings>;

  /**
   * Change the profile of the shop
   *
   * PATCH /api/v1/shop. Roles: ADMIN. Scope: shop:write.
   */
  updateShop(body: ShopPatch, options?: CallOptions): Result<M, ChangedShop>;

  /**
   * Change a tax rate
   *
   * PATCH /api/v1/tax-rates/{id}. Roles: ADMIN. Scope: taxes:write.
   */
  updateTaxRate(id: string, body: TaxRatePatch, options?: CallOptions): Result<M, TaxRate>;

  /**
   * Change the role of an account, disable it or enable it
   *
   * PATCH /api/v1/users/{id}. Roles: ADMIN.
   */
  updateUser(id: string, body: UserPatch, options?: CallOptions): Result<M, User>;

  /**
   * Change, disable or enable an endpoint
   *
   * PATCH /api/v1/webhooks/{id}. Roles: ADMIN. Scope: webhooks:write.
   */
  updateWebhook(id: string, body: WebhookPatch, options?: CallOptions): Result<M, Webhook>;

  /**
   * Void a sale of my open shift
   *
   * POST /api/v1/sales/{id}/void. Roles: EMPLOYEE, ADMIN.
   */
  voidSale(id: string, body?: Void, options?: CallOptions<"idempotencyKey">): Result<M, Refund>;

  /**
   * Withdraw an invitation
   *
   * DELETE /api/v1/users/invitations/{id}. Roles: ADMIN.
   */
  withdrawInvitation(id: string, options?: CallOptions): Result<M, void>;
}

/** The lists that have pages. */
export interface PagedOperations {
  /** List abandoned carts, page after page */
  getAbandonedCarts(query?: GetAbandonedCartsQuery, options?: CallOptions): Pages<AbandonedCartListDataItem, AbandonedCartList>;

  /** Get customers by recency, frequency and monetary value, as JSON or CSV, page after page */
  getRfm(query?: GetRfmQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<RfmDataItem, Rfm>;

  /** List products in stock that do not sell, page after page */
  getSlowProducts(query?: GetSlowProductsQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<SlowProductListDataItem, SlowProductList>;

  /** Rank customers by revenue, units or sales, page after page */
  getTopCustomers(query?: GetTopCustomersQuery, options?: CallOptions): Pages<CustomerRankingDataItem, CustomerRanking>;

  /** Rank products by revenue, units or sales, page after page */
  getTopProducts(query?: GetTopProductsQuery, options?: CallOptions): Pages<RankedProduct, ProductRanking>;

  /** List the activity of a shift, oldest first, page after page */
  listActivity(id: string, query?: ListActivityQuery, options?: CallOptions): Pages<Activity, ActivityList>;

  /** List alerts of idle and overlong shifts and of missing stock, newest first, page after page */
  listAlerts(query?: ListAlertsQuery, options?: CallOptions): Pages<Alert, AlertList>;

  /** List the API keys of the shop, newest first, page after page */
  listApiKeys(query?: ListApiKeysQuery, options?: CallOptions): Pages<ApiKey, ApiKeyList>;

  /** List the audit log, newest first, page after page */
  listAudit(query?: ListAuditQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<AuditEntry, AuditList>;

  /** List the cash that was paid into or out of the drawer in a shift without a sale, the latest first, page after page */
  listCashMoves(id: string, query?: ListCashMovesQuery, options?: CallOptions): Pages<ListedCashMove, CashMoveList>;

  /** List the sales and refunds of a customer, newest first, page after page */
  listCustomerSales(id: string, query?: ListCustomerSalesQuery, options?: CallOptions): Pages<SaleHead, SaleList>;

  /** List or search the customers, newest first, as JSON or CSV, page after page */
  listCustomers(query?: ListCustomersQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<Customer, CustomerList>;

  /** List dead letters, newest first, page after page */
  listDeadLetters(query?: ListDeadLettersQuery, options?: CallOptions): Pages<DeadLetter, DeadLetterList>;

  /** List the deliveries of an endpoint, newest first, page after page */
  listDeliveries(id: string, query?: ListDeliveriesQuery, options?: CallOptions): Pages<Delivery, DeliveryList>;

  /** List what sales took beyond the stock, newest first, page after page */
  listDiscrepancies(query?: ListDiscrepanciesQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<StockDiscrepancy, StockDiscrepancyList>;

  /** List my favorites, newest first, page after page */
  listFavorites(query?: ListFavoritesQuery, options?: CallOptions): Pages<Favorite, FavoriteList>;

  /** List imports, newest first, page after page */
  listImports(query?: ListImportsQuery, options?: CallOptions): Pages<Import, ImportList>;

  /** List the open invitations, newest first, page after page */
  listInvitations(query?: ListInvitationsQuery, options?: CallOptions): Pages<Invitation, InvitationList>;

  /** List the daily totals that the lake must match, page after page */
  listLakeDays(query?: ListLakeDaysQuery, options?: CallOptions): Pages<LakeDay, LakeDayList>;

  /** List the Parquet files of the lake by key, page after page */
  listLakeFiles(query?: ListLakeFilesQuery, options?: CallOptions): Pages<LakeFile, LakeFileList>;

  /** List the mails of the shop, newest first, page after page */
  listMails(query?: ListMailsQuery, options?: CallOptions): Pages<Mail, MailList>;

  /** List the sale lines behind the figures, newest first, page after page */
  listMetricLines(query?: ListMetricLinesQuery, options?: CallOptions): Pages<MetricLine, MetricLineList>;

  /** List orders, newest first, or oldest first as CSV, page after page */
  listOrders(query?: ListOrdersQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<OrderHead, OrderList>;

  /** List payments and refunds of online sales, newest first, page after page */
  listPayments(query?: ListPaymentsQuery, options?: CallOptions): Pages<Payment, PaymentList>;

  /** List the products of a shop, page after page */
  listProducts(query?: ListProductsQuery & { format?: "json" | undefined }, options?: CallOptions<"ifNoneMatch">): Pages<Product, ProductList>;

  /** List my purchases, newest first, page after page */
  listPurchases(query?: ListPurchasesQuery, options?: CallOptions): Pages<PurchaseHead, PurchaseList>;

  /** List sales and refunds, newest first, or oldest first as CSV, page after page */
  listSales(query?: ListSalesQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<SaleHead, SaleList>;

  /** List my active logins, newest first, page after page */
  listSessions(query?: ListSessionsQuery, options?: CallOptions): Pages<Session, SessionList>;

  /** List shifts, newest first: my own, or everyone's as an ADMIN, page after page */
  listShifts(query?: ListShiftsQuery & { format?: "json" | undefined }, options?: CallOptions): Pages<Shift, ShiftList>;

  /** List the stock moves of a product, newest first, page after page */
  listStockMoves(id: string, query?: ListStockMovesQuery, options?: CallOptions): Pages<RecordedMove, StockMoveList>;

  /** List the tax rates of the shop, oldest first, page after page */
  listTaxRates(query?: ListTaxRatesQuery, options?: CallOptions): Pages<TaxRate, TaxRateList>;

  /** List the accounts of the shop, newest first, page after page */
  listUsers(query?: ListUsersQuery, options?: CallOptions): Pages<User, UserList>;

  /** List the endpoints of the shop, newest first, page after page */
  listWebhooks(query?: ListWebhooksQuery, options?: CallOptions): Pages<Webhook, WebhookList>;

  /** List my wishlist, highest priority first, then newest first, page after page */
  listWishes(query?: ListWishesQuery, options?: CallOptions): Pages<WishlistItem, Wishlist>;

  /** Search products, tolerating typos, page after page */
  searchProducts(query: SearchProductsQuery, options?: CallOptions): Pages<SearchHit, SearchResultList>;
}
