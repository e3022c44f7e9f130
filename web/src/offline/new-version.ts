// The service worker, and the version of the app that it has ready. A page changes its version only when a person asks for it.
import { useSyncExternalStore } from "react";
import { createStore } from "../store.ts";

const CHECK_EVERY_MS = 3_600_000;
// The screen is loaded first.
const DELAY_MS = 3000;

const store = createStore<ServiceWorker | null>(null);

/** Whether a newer version of the app is ready on this device. */
export const useHasNewVersion = (): boolean => useSyncExternalStore(store.subscribe, store.get) !== null;

const reload = (): void => location.reload();

/** Reloads the page in the newer version. */
export function changeVersion(): void {
  const worker = store.get();
  // Another tab may have asked for it.
  if (worker?.state !== "installed") return reload();
  navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a service worker is of this origin only
  worker.postMessage("activate");
}

function watch(registration: ServiceWorkerRegistration): void {
  const offer = (): void => {
    // The first version is no news.
    if (registration.waiting && navigator.serviceWorker.controller) store.set(registration.waiting);
  };
  offer();
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", offer),
  );
}

/** Registers the service worker, and looks for a newer version now and then. Returns what stops it. */
export function startServiceWorker(): () => void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return () => {};
  let check: ReturnType<typeof setInterval> | undefined;
  const start = async (): Promise<void> => {
    await navigator.serviceWorker.register("/sw.js");
    const registration = await navigator.serviceWorker.ready;
    watch(registration);
    check = setInterval(() => registration.update().catch(() => {}), CHECK_EVERY_MS);
  };
  // Without a service worker the app works as before, with a network.
  const timer = setTimeout(() => void start().catch(() => {}), DELAY_MS);
  return () => {
    clearTimeout(timer);
    clearInterval(check);
  };
}
