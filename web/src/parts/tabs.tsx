import { Link, type LinkProps } from "@tanstack/react-router";

export type Tab = { key: string; name: string; link: LinkProps };

/** The parts of a screen as links side by side: each has a URL of its own. */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string }) {
  return (
    <nav aria-label={label} className="mb-4">
      <ul className="flex flex-wrap gap-1 rounded-xl bg-sunken p-0.5 sm:inline-flex">
        {tabs.map(({ key, name, link }) => (
          <li key={key}>
            <Link
              {...link}
              replace
              resetScroll={false}
              aria-current={key === current ? "page" : undefined}
              className={`inline-flex min-h-10 items-center rounded-[0.65rem] px-3 font-medium transition-colors ${
                key === current ? "bg-card text-ink shadow-card" : "text-muted hover:text-ink"
              }`}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
