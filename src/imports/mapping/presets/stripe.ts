import type { Preset } from "./preset.ts";

/** A charge is a sale of one line, in the currency of the account. */
export const stripePayments: Preset = {
  name: "stripe-payments",
  kind: "sales",
  signature: [
    "id",
    "createdutc|createddateutc",
    "amount",
    "amountrefunded",
    "convertedamount",
    "convertedcurrency",
  ],
  columns: {
    InvoiceNo: "id",
    Description: "description",
    InvoiceDate: "createdutc|createddateutc",
    Amount: "convertedamount",
    RefundedAmount: "convertedamountrefunded",
    Currency: "convertedcurrency",
    Status: "status",
    CustomerID: "customerid|customeremail",
    CustomerEmail: "customeremail",
  },
  constants: { Quantity: "1", StockCode: "PAYMENT" },
  rules: {
    timezone: "UTC",
    skip_statuses: [
      "failed",
      "canceled",
      "requires_payment_method",
      "requires_action",
      "requires_confirmation",
      "requires_capture",
      "uncaptured",
      "incomplete",
      "blocked",
    ],
  },
  decimal: "point",
};

/** The balance report has charges and refunds among fees and payouts. */
export const stripeBalance: Preset = {
  name: "stripe-balance",
  kind: "sales",
  signature: ["balancetransactionid", "createdutc|created", "currency", "gross", "reportingcategory"],
  columns: {
    InvoiceNo: "balancetransactionid",
    Description: "description",
    InvoiceDate: "createdutc|created",
    Amount: "gross",
    Currency: "currency",
    Status: "reportingcategory",
    CustomerID: "customerid|customeremail",
    CustomerEmail: "customeremail",
  },
  constants: { Quantity: "1", StockCode: "PAYMENT" },
  rules: {
    timezone: "UTC",
    refund_statuses: ["refund", "partial_capture_reversal"],
    skip_statuses: [
      "payout",
      "payout_reversal",
      "fee",
      "topup",
      "transfer",
      "transfer_reversal",
      "other_adjustment",
      "network_cost",
      "platform_earning",
    ],
  },
  decimal: "point",
};
