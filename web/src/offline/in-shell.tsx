// What the shell shows and does about selling without a network. It is loaded after the first screen.
import { useEffect, useSyncExternalStore } from "react";
import { lazily } from "../lazily.tsx";
import { LateDialog } from "../parts/late-dialog.tsx";
import { unsentDialog } from "./guard.ts";
import { startServiceWorker } from "./new-version.ts";
import { startSending } from "./outbox.ts";
import { NewVersionButton, StatusButton } from "./status-button.tsx";

const UnsentDialog = lazily(() => import("./unsent-dialog.tsx"));

const close = (): void => unsentDialog.set(null);

/** Sends unsent sales, and shows them when they are asked for. Mounted once. */
export function Outbox() {
  const occasion = useSyncExternalStore(unsentDialog.subscribe, unsentDialog.get);
  useEffect(startSending, []);
  useEffect(startServiceWorker, []);
  if (occasion === null) return null;
  return (
    <LateDialog onClose={close}>
      <UnsentDialog occasion={occasion} onClose={close} />
    </LateDialog>
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
