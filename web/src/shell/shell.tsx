import { Outlet, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { lazily, lazilyOf } from "../lazily.tsx";
import { LateDialog } from "../parts/late-dialog.tsx";
import { LockedSession } from "../session/locked-session.tsx";
import { useSession } from "../session/session.ts";
import { Background } from "./background.tsx";
import { BottomTabs, TopBar } from "./phone-bars.tsx";
import { Sidebar } from "./sidebar.tsx";
import { useShellKeys, type Overlay } from "./use-shell-keys.ts";

const Palette = lazily(() => import("./palette.tsx"));
const KeyList = lazily(() => import("./key-list.tsx"));
const Outbox = lazilyOf(() => import("../offline/in-shell.tsx"), "Outbox");
const BreakLock = lazily(() => import("../shift/break-lock.tsx"));

/** What stands around every screen of a signed-in person. */
export function Shell() {
  const w = useWords(common);
  const session = useSession();
  const [overlay, setOverlay] = useState<Overlay>(null);
  useShellKeys(setOverlay);
  const isTill = useLocation({ select: ({ pathname }) => pathname.startsWith("/till") });
  const close = (): void => setOverlay(null);
  return (
    <div className="flex min-h-dvh flex-col lg:flex-row">
      <a
        href="#content"
        className="absolute top-2 left-2 z-50 -translate-y-20 rounded-xl bg-brand px-4 py-2 text-on-brand focus:translate-y-0"
      >
        {w.skipToContent}
      </a>
      <TopBar />
      <Sidebar />
      <main id="content" tabIndex={-1} className="min-w-0 flex-1 pb-20 outline-none lg:pb-0">
        <Outlet />
      </main>
      <BottomTabs />
      {session.status === "locked" && <LockedSession me={session.me} />}
      <Background>
        <Outbox />
      </Background>
      {isTill && session.status === "signed-in" && (
        <Background>
          <BreakLock />
        </Background>
      )}
      {overlay && (
        <LateDialog onClose={close}>
          {overlay === "palette" && <Palette onClose={close} onShowKeys={() => setOverlay("keys")} />}
          {overlay === "keys" && <KeyList onClose={close} />}
        </LateDialog>
      )}
    </div>
  );
}
