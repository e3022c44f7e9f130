// What the shell shows and does about selling without a network. It is loaded after the first screen.
import { lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { unsentDialog } from "./guard.ts";
import { startServiceWorker } from "./new-version.ts";
import { startSending } from "./outbox.ts";
import { NewVersionButton, StatusButton } from "./status-button.tsx";

const UnsentDialog = lazy(() => import("./unsent-dialog.tsx"));

/** Sends unsent sales, and shows them when they are asked for. Mounted once. */
export function Outbox() {
  const occasion = useSyncExternalStore(unsentDialog.subscribe, unsentDialog.get);
  useEffect(startSending, []);
  useEffect(startServiceWorker, []);
  if (occasion === null) return null;
  return (
    <Suspense fallback={null}>
      <UnsentDialog occasion={occasion} onClose={() => unsentDialog.set(null)} />
    </Suspense>
  );
}

/** The buttons of the sidebar, or with `isCompact` of the bar of phones. */
export function Status({ isCompact = false }: { isCompact?: boolean }) {
  return (
    <>
      <NewVersionButton isCompact={isCompact} />
      <StatusButton isCompact={isCompact} />
    </>
  );
}
