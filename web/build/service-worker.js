// The service worker: the app starts and works without a network. The build writes the constants above, for one version of the app: its files,
// its entry among them, and the first segments of the paths of its screens. Requests of the API and the Worker's other pages are not
// handled here, so that nothing of a shop or of a person is stored.
const PAGE = "/";
const PREFIX = "mostrador.";
const CACHE = PREFIX + VERSION;

async function install() {
  const page = await fetch(PAGE, { cache: "reload" });
  // While a new version is deployed, the page may be that of another one. The browser tries again later.
  if (!page.ok || !(await page.clone().text()).includes(ENTRY))
    throw new Error("The page and its files are of different versions.");
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  await cache.put(PAGE, page);
}

/** Pages that are open may need files of the version before this one. Earlier ones are removed. */
async function removeOldVersions() {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

// Without ignoreVary, a file is not found again where its response varies by a header of the request.
const options = { ignoreVary: true };

const cachedPage = async () => (await caches.open(CACHE)).match(PAGE, options);
const cachedFile = (path) => caches.match(path, options);

addEventListener("install", (event) => event.waitUntil(install()));

addEventListener("activate", (event) => event.waitUntil(removeOldVersions().then(() => clients.claim())));

// A new version waits until a person asks for it, or no page is open.
addEventListener("message", ({ data }) => {
  if (data === "activate") void skipWaiting();
});

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") {
    if (SCREENS.includes(pathname.split("/")[1]))
      event.respondWith(cachedPage().then((page) => page ?? fetch(event.request)));
  } else if (pathname.startsWith("/app/") || FILES.includes(pathname))
    event.respondWith(cachedFile(pathname).then((file) => file ?? fetch(event.request)));
});
