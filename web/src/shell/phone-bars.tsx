import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { IconButton } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Logo, MoreIcon, SignOutIcon } from "../parts/icons.tsx";
import { useMe } from "../session/session.ts";
import { navigationOf, type NavigationItem } from "./navigation.ts";
import { LanguageButton, ThemeButton } from "./preferences.tsx";
import { Status } from "./status.tsx";
import { useSignOut } from "./use-sign-out.ts";

/** The bar above the screens below 1024 px. */
export function TopBar() {
  const w = useWords(common);
  const { shop } = useMe();
  const leave = useSignOut();
  return (
    <header className="sticky top-0 z-20 flex items-center gap-3 border-b border-line bg-card py-1 pr-2 pl-4 lg:hidden print:hidden">
      <Logo size={28} />
      <span className="min-w-0 flex-1 truncate font-semibold">{shop.name}</span>
      <Status isCompact />
      <ThemeButton />
      <LanguageButton isCompact />
      <IconButton label={w.signOut} onClick={leave}>
        <SignOutIcon />
      </IconButton>
    </header>
  );
}

const MAX_TABS = 5;

/** The tabs, and the screens behind "more" where there are more than tabs. */
function tabsOf(items: NavigationItem[]): [tabs: NavigationItem[], more: NavigationItem[]] {
  const count = items.length > MAX_TABS ? MAX_TABS - 1 : MAX_TABS;
  return [items.slice(0, count), items.slice(count)];
}

const TAB = "flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-1 text-xs";

/** The menu below 1024 px. */
export function BottomTabs() {
  const w = useWords(common);
  const { role } = useMe();
  const [isOpen, setIsOpen] = useState(false);
  const [tabs, more] = tabsOf(navigationOf(role));
  return (
    <nav
      aria-label={w.mainMenu}
      className="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-card pb-[env(safe-area-inset-bottom)] lg:hidden print:hidden"
    >
      {tabs.map(({ to, name, icon: Icon }) => (
        <Link
          key={name}
          to={to}
          activeOptions={{ exact: to === "/" }}
          className={TAB}
          activeProps={{ className: "font-semibold text-brand" }}
          inactiveProps={{ className: "text-muted" }}
        >
          <Icon size={20} />
          <span className="max-w-full truncate">{w[name]}</span>
        </Link>
      ))}
      {more.length > 0 && (
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => setIsOpen(true)}
          className={`${TAB} text-muted`}
        >
          <MoreIcon size={20} />
          <span className="max-w-full truncate">{w.more}</span>
        </button>
      )}
      {isOpen && (
        <Dialog title={w.screens} onClose={() => setIsOpen(false)}>
          <ul className="flex flex-col gap-1">
            {more.map(({ to, name, icon: Icon }) => (
              <li key={name}>
                <Link
                  to={to}
                  onClick={() => setIsOpen(false)}
                  className="flex min-h-12 items-center gap-3 rounded-xl px-3 font-medium hover:bg-sunken"
                  activeProps={{ className: "bg-brand-soft text-brand" }}
                >
                  <Icon size={20} />
                  {w[name]}
                </Link>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </nav>
  );
}
