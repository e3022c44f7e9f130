import { useEffect, useSyncExternalStore } from "react";
import { importNamed } from "../../import-named.ts";
import { isReachable } from "../../offline/connection.ts";
import { toastError } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { createStore } from "../../store.ts";
import type { Copy } from "./catalogue-copy.ts";

const EVERY_MS = 60_000;

const current = createStore<{ shop: string; copy: Copy } | null>(null);

async function open(shop: string): Promise<Copy> {
  const copyOf = await importNamed(() => import("./catalogue-copy.ts"), "copyOf");
  const copy = await copyOf(shop);
  current.set({ shop, copy });
  return copy;
}

function refresh(copy: Copy): void {
  // Without a network, or in a hidden tab, the copy is good enough.
  if (isReachable() && document.visibilityState === "visible") copy.sync().catch(() => {});
}

const never = () => () => {};
const zero = (): number => 0;

/** The copy of the catalogue of the session's shop, fresh while it is shown; null until it has been opened. */
export function useCatalogue(): Copy | null {
  const { shop } = useMe();
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    let isOver = false;
    const onVisible = (): void => {
      const opened = current.get();
      if (opened) refresh(opened.copy);
    };
    open(shop.slug).then((copy) => {
      if (isOver) return;
      refresh(copy);
      timer = setInterval(() => refresh(copy), EVERY_MS);
      document.addEventListener("visibilitychange", onVisible);
    }, toastError);
    return () => {
      isOver = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [shop.slug]);
  const opened = useSyncExternalStore(current.subscribe, current.get);
  const copy = opened?.shop === shop.slug ? opened.copy : null;
  useSyncExternalStore(copy?.subscribe ?? never, copy?.revision ?? zero);
  return copy;
}
