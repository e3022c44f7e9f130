// The page /docs: shows the OpenAPI document with requests that can be sent, and who sends them. Its session is the cookie.
import { listsOf, withExamples } from "./examples.js";

const RENEW_MS = 5 * 60_000;

const explorer = document.querySelector("openapi-explorer");
const state = document.querySelector("#state");
const signInButton = document.querySelector("#sign-in");
const signOutButton = document.querySelector("#sign-out");
const demo = JSON.parse(document.body.dataset.demo ?? "null");

const themes = {
  light: {
    "bg-color": "#ffffff",
    "text-color": "#1f2933",
    "nav-bg-color": "#f3f5f7",
    "nav-text-color": "#36424f",
  },
  dark: {
    "bg-color": "#14181d",
    "text-color": "#e4e8ec",
    "nav-bg-color": "#1c2229",
    "nav-text-color": "#c5ced8",
  },
};
const accents = {
  light: {
    "primary-color": "#175e54",
    "secondary-color": "#175e54",
    "header-color": "#175e54",
    "nav-hover-bg-color": "#e2e8ec",
    "nav-hover-text-color": "#10463f",
  },
  dark: {
    "primary-color": "#4fb5a5",
    "secondary-color": "#6fd3c3",
    "header-color": "#6fd3c3",
    "nav-hover-bg-color": "#28313a",
    "nav-hover-text-color": "#8fe3d5",
  },
};

function applyTheme({ matches }) {
  const name = matches ? "dark" : "light";
  for (const [attribute, value] of Object.entries({ ...themes[name], ...accents[name] }))
    explorer.setAttribute(attribute, value);
}

const send = (path, json) =>
  fetch(`/api/v1${path}`, {
    method: json === undefined ? "GET" : "POST",
    headers: json === undefined ? {} : { "content-type": "application/json" },
    body: json === undefined ? undefined : JSON.stringify(json),
  });

async function jsonOf(path) {
  const response = await send(path);
  return response.ok ? response.json() : null;
}

/** An id of each collection that the account may list, the newest; the shop, and the code of a product. */
async function readIds(openApi, account) {
  const found = await Promise.all(
    Object.entries(listsOf(openApi)).map(async ([collection, path]) => {
      const page = await jsonOf(`${path.replace("/api/v1", "")}?limit=1`);
      return [collection, page?.data?.[0]?.id];
    }),
  );
  const product = (await jsonOf("/products?limit=1"))?.data[0];
  found.push(["tenants", account.tenant_id], ["codes", product?.sku]);
  return Object.fromEntries(found.filter(([, id]) => id !== undefined));
}

/** Shows who sends the requests, and requests that work for them. */
async function show() {
  const [openApi, account] = await Promise.all([
    fetch("/openapi.json").then((response) => response.json()),
    jsonOf("/auth/me"),
  ]);
  const isDemo = demo !== null && account?.email === demo.email;
  state.textContent = account
    ? `Requests are sent as ${account.email} (${account.role}).`
    : "Requests are sent without a login.";
  signInButton.hidden = demo === null || account !== null;
  signOutButton.hidden = account === null;
  const ids = isDemo ? await readIds(openApi, account) : {};
  await explorer.loadSpec(withExamples(openApi, ids, account === null ? (demo?.tenant ?? null) : null));
}

async function signIn() {
  const response = await send("/auth/login", demo);
  if (response.ok) return show();
  state.textContent = `The sign-in failed: ${(await response.json()).detail}`;
}

async function signOut() {
  await send("/auth/logout", {});
  return show();
}

// An access token lives ten minutes.
const renew = () => (signOutButton.hidden ? null : send("/auth/refresh", {}));

const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", applyTheme);
applyTheme(dark);
signInButton.addEventListener("click", () => void signIn());
signOutButton.addEventListener("click", () => void signOut());
setInterval(() => void renew(), RENEW_MS);
await customElements.whenDefined("openapi-explorer");
await show();
