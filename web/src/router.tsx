// The routes: one URL a screen in both languages. Each screen is loaded when it is first shown.
import type { Me } from "@mostrador/sdk";
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { lazily } from "./lazily.tsx";
import { catalogueSearch } from "./screens/catalogue/search.ts";
import { prefetchOverview } from "./screens/dashboard/overview-options.ts";
import { labelSearch } from "./screens/labels/search.ts";
import { currentSession, useMe } from "./session/session.ts";
import { auditSearch } from "./screens/audit/search.ts";
import { figuresSearch } from "./screens/figures/search.ts";
import { webhookSearch } from "./screens/webhook/search.ts";
import { customersSearch } from "./screens/customers/search.ts";
import { ordersSearch, newOrderSearch } from "./screens/orders/search.ts";
import { salesSearch } from "./screens/sales/search.ts";
import { staffSearch } from "./screens/staff/search.ts";
import { FailedScreen, ForbiddenScreen, NotFoundScreen, PendingScreen } from "./shell/screen.tsx";
import { Shell } from "./shell/shell.tsx";
import { dashboardSearch } from "./screens/dashboard/range.ts";

type Role = Me["role"];

/**
 * A screen of these roles; others see that it is not for them.
 * @public
 */
export function forRoles(roles: readonly Role[], Screen: ReturnType<typeof lazily<object>>) {
  function ScreenForRoles() {
    return roles.includes(useMe().role) ? <Screen /> : <ForbiddenScreen />;
  }
  // With the code of the screen, which the router loads when a link is about to be used.
  return Object.assign(ScreenForRoles, { preload: () => Screen.preload() });
}

const BACK_OFFICE: readonly Role[] = ["ADMIN", "EMPLOYEE"];
const ADMINS: readonly Role[] = ["ADMIN"];

const Dashboard = lazily(() => import("./screens/dashboard/dashboard.tsx"));
const MyDay = lazily(() => import("./screens/my-day/my-day.tsx"));

/** Loads the screen that follows signing in while the form is filled in. */
export const preloadStart = (): void => void Dashboard.preload();

/** The dashboard, or the day of an EMPLOYEE. */
const startFor = (role: Role) => (role === "ADMIN" ? Dashboard : MyDay);

function Start() {
  const Screen = startFor(useMe().role);
  return <Screen />;
}

// The router waits for the code of a screen before it shows it. Without, a placeholder would be shown, and React keeps that for 300 ms.
Start.preload = () => {
  const session = currentSession();
  return "me" in session ? startFor(session.me.role).preload() : undefined;
};

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundScreen });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: Start,
  validateSearch: dashboardSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => prefetchOverview(deps),
});

const sales = createRoute({
  getParentRoute: () => root,
  path: "/sales",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/sales/sales.tsx")),
  ),
  validateSearch: salesSearch,
});

const sale = createRoute({
  getParentRoute: () => root,
  path: "/sales/$id",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/sale/sale.tsx")),
  ),
});

const till = createRoute({
  getParentRoute: () => root,
  path: "/till",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/till/till.tsx")),
  ),
});
const shift = createRoute({
  getParentRoute: () => root,
  path: "/till/shift",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/shift/shift.tsx")),
  ),
});

const orders = createRoute({
  getParentRoute: () => root,
  path: "/orders",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/orders/orders.tsx")),
  ),
  validateSearch: ordersSearch,
});

const newOrder = createRoute({
  getParentRoute: () => root,
  path: "/orders/new",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/new-order/new-order.tsx")),
  ),
  validateSearch: newOrderSearch,
});

const order = createRoute({
  getParentRoute: () => root,
  path: "/orders/$id",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/order/order.tsx")),
  ),
});

const customers = createRoute({
  getParentRoute: () => root,
  path: "/customers",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/customers/customers.tsx")),
  ),
  validateSearch: customersSearch,
});

const customer = createRoute({
  getParentRoute: () => root,
  path: "/customers/$id",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/customer/customer.tsx")),
  ),
});

const staff = createRoute({
  getParentRoute: () => root,
  path: "/staff",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/staff/staff.tsx")),
  ),
  validateSearch: staffSearch,
});

const catalogue = createRoute({
  getParentRoute: () => root,
  path: "/catalogue",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/catalogue/catalogue.tsx")),
  ),
  validateSearch: catalogueSearch,
});
const newProduct = createRoute({
  getParentRoute: () => root,
  path: "/catalogue/new",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/product/new-product.tsx")),
  ),
});
const labels = createRoute({
  getParentRoute: () => root,
  path: "/catalogue/labels",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/labels/labels.tsx")),
  ),
  validateSearch: labelSearch,
});
const count = createRoute({
  getParentRoute: () => root,
  path: "/catalogue/count",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/count/count.tsx")),
  ),
});
const product = createRoute({
  getParentRoute: () => root,
  path: "/catalogue/$id",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/product/product.tsx")),
  ),
});
const imports = createRoute({
  getParentRoute: () => root,
  path: "/imports",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/imports/imports.tsx")),
  ),
});

const health = createRoute({
  getParentRoute: () => root,
  path: "/health",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/health/health.tsx")),
  ),
});

const keys = createRoute({
  getParentRoute: () => root,
  path: "/keys",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/keys/keys.tsx")),
  ),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: "/webhooks",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/webhooks/webhooks.tsx")),
  ),
});

const webhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/$id",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/webhook/webhook.tsx")),
  ),
  validateSearch: webhookSearch,
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/audit/audit.tsx")),
  ),
  validateSearch: auditSearch,
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings/{-$tab}",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/settings/settings.tsx")),
  ),
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: forRoles(
    BACK_OFFICE,
    lazily(() => import("./screens/account/account.tsx")),
  ),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/welcome/welcome.tsx")),
  ),
});

const figures = createRoute({
  getParentRoute: () => root,
  path: "/figures/{-$tab}",
  component: forRoles(
    ADMINS,
    lazily(() => import("./screens/figures/figures.tsx")),
  ),
  validateSearch: figuresSearch,
});

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    sales,
    sale,
    till,
    shift,
    orders,
    newOrder,
    order,
    customers,
    customer,
    staff,
    catalogue,
    newProduct,
    labels,
    count,
    product,
    imports,
    health,
    keys,
    webhooks,
    webhook,
    audit,
    settings,
    account,
    welcome,
    figures,
  ]),
  defaultErrorComponent: FailedScreen,
  defaultPendingComponent: PendingScreen,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
