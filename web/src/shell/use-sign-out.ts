import { useCallback } from "react";
import { importNamed } from "../import-named.ts";
import { toastError } from "../parts/toasts.tsx";
import { signOut } from "../session/start.ts";

async function leave(): Promise<void> {
  const allSent = await importNamed(() => import("../offline/guard.ts"), "allSent");
  if (await allSent("sign-out")) await signOut();
}

/** Signs out, unless sales of the person are unsent. */
export const useSignOut = (): (() => void) => useCallback(() => void leave().catch(toastError), []);
