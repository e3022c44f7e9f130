// The scope that an API key needs for each operation. This list is independent of the code, which is tested against it.
import type { Scope } from "../../../src/platform/scopes.ts";

// By scope, the operationIds; "none" for those that no key may call.
const OPERATIONS: Record<Scope | "none", string> = {
  "audit:read": "listAudit",
  "carts:read": "getCart",
  "carts:write": "addCartItem createCart createPurchase emptyCart removeCartItem setCartItem",
  "customers:read": "getCustomer listCustomerSales listCustomers",
  "customers:write": "createCustomer mergeCustomer updateCustomer",
  "events:read": "listDeadLetters",
  "events:write": "replayDeadLetter",
  "imports:read": "getImport getImportRejects getImportRetained listImportMappings listImports",
  "imports:write": "deleteImportMapping saveImportMapping startImport undoImport",
  "lake:read": "getLakeFile getLakeStatus listLakeDays listLakeFiles",
  "lake:write": "runLake",
  "mails:read": "listMails",
  "mails:write": "retryMail",
  "metrics:read":
    "getAbandonedCarts getAmounts getBaskets getBreakdown getCohorts getCountry getCustomerFigures getFunnel getGoals getKpis getMargin getOverview getRfm getSalesSummary getSellerDashboard getSeries getSlowProducts getStockFigures getTaxReport getTopCountries getTopCustomers getTopProducts listMetricLines",
  "metrics:write": "replaceGoals",
  "orders:read": "getOrder getPurchase getPurchaseReceipt listOrders",
  "orders:write": "cancelOrder cancelPurchase createOrder renewPaymentLink updateOrder",
  "payments:read": "listPayments",
  "payments:write": "confirmPurchase refundPayment",
  "products:read":
    "getCover getProduct listCategories listProducts listSimilarProducts lookUpProduct searchProducts suggestProducts",
  "products:write": "createProduct hideProduct removeCover replaceBarcodes replaceCover updateProduct",
  "rollups:read": "getRollupStatus",
  "rollups:write": "runRollup",
  "sales:read": "exportSaleLines getReceipt getSale listSales",
  "sales:write": "createRefund createSale mailReceipt",
  "shifts:read":
    "getPlatforms getTillReport getWorkedHours listActiveShifts listActivity listAlerts listCashMoves listShiftChanges listShifts",
  "shifts:write": "replacePlatforms",
  "shop:read": "getSettings getShop listPaymentMethods",
  "shop:write": "replacePaymentMethods updateSettings updateShop",
  "stock:read": "exportStock listDiscrepancies listStockMoves",
  "stock:write": "moveStock",
  "taxes:read": "listTaxRates",
  "taxes:write": "createTaxRate updateTaxRate",
  "users:read": "listApprovers listInvitations listUsers",
  "webhooks:read": "getWebhook listDeliveries listWebhooks",
  "webhooks:write":
    "createWebhook deleteWebhook pingWebhook replayDelivery rotateWebhookSecret updateWebhook",
  none: "acceptInvitation addFavorite addWish approveDevice changeMyEmail changePassword closeShift confirmEmail correctPayments correctShift createApiKey createCashMove createInvitation createSession createStaff createTenant createToken denyDevice endBreak endMyOtherSessions endMySession endSession endShift endUserSessions eraseCustomer eraseMyAccount eraseUser exportMyData getCurrentShift getApiKey getDeviceGrant getHealth getIdentity getKeys getMyAccount getOpeningCash getPurchaseSummary joinShift listApiKeys listFavorites listPurchases listRecommendations listSessions listWishes receiveStripeEvent recordActivity recordWriteOff refreshSession registerCustomer removeFavorite removePin removeWish requestDeviceAuthorization requestPasswordReset resetPassword revokeApiKey rotateApiKey setPassword setPin startBreak startShift updateApiKey updateMyAccount updateUser voidSale withdrawInvitation",
};

export const scopeOf: ReadonlyMap<string, string> = new Map(
  Object.entries(OPERATIONS).flatMap(([scope, ids]) => ids.split(" ").map((id) => [id, scope] as const)),
);
