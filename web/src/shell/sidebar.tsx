import { Link } from "@tanstack/react-router";
import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { IconButton } from "../parts/button.tsx";
import { Logo, SignOutIcon } from "../parts/icons.tsx";
import { useMe } from "../session/session.ts";
import { navigationOf } from "./navigation.ts";
import { LanguageButton, ThemeButton } from "./preferences.tsx";
import { Status } from "./status.tsx";
import { useSignOut } from "./use-sign-out.ts";

/** The menu from 1024 px. */
export function Sidebar() {
  const w = useWords(common);
  const me = useMe();
  const leave = useSignOut();
  return (
    <header className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col border-r border-line bg-card p-3 lg:flex print:hidden">
      <p className="flex items-center gap-3 px-2 pt-1 pb-4">
        <Logo />
        <span className="min-w-0">
          <span className="block text-[0.95rem] leading-tight font-semibold">Mostrador</span>
          <span className="block truncate text-xs text-muted">{me.shop.name}</span>
        </span>
      </p>
      <nav aria-label={w.mainMenu} className="flex flex-1 flex-col gap-0.5 overflow-y-auto">
        {navigationOf(me.role).map(({ to, name, icon: Icon }) => (
          <Link
            key={name}
            to={to}
            activeOptions={{ exact: to === "/" }}
            className="flex min-h-10 items-center gap-3 rounded-xl px-3 font-medium"
            activeProps={{ className: "bg-brand-soft text-brand" }}
            inactiveProps={{ className: "text-muted hover:bg-sunken hover:text-ink" }}
          >
            <Icon />
            {w[name]}
          </Link>
        ))}
      </nav>
      <div className="flex flex-wrap gap-1 py-2">
        <Status />
      </div>
      <div className="flex items-center border-t border-line pt-2">
        <ThemeButton />
        <LanguageButton />
        <IconButton label={w.signOut} onClick={leave} className="ml-auto">
          <SignOutIcon />
        </IconButton>
      </div>
    </header>
  );
}
