// Icons: strokes on a grid of 20, in the colour of the text. They are decoration; a control that shows only an icon has a label.
import type { ReactNode } from "react";

export type IconProps = { size?: number; className?: string };

const icon = (content: ReactNode) =>
  function Icon({ size = 18, className = "" }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        className={`shrink-0 ${className}`}
      >
        {content}
      </svg>
    );
  };

export const DashboardIcon = icon(
  <path d="M3.5 3.5h5v7h-5zM11.5 3.5h5v4h-5zM11.5 10.5h5v6h-5zM3.5 13.5h5v3h-5z" />,
);
export const TillIcon = icon(<path d="M4 16.5h12v-4.5l-1.5-4h-9L4 12zM4 12h12M7.5 8V3.5h5V8M8.5 14.3h3" />);
export const ReceiptIcon = icon(
  <path d="M5 2.8h10v14.4l-2-1.3-1.5 1.3-1.5-1.3-1.5 1.3-1.5-1.3-2 1.3zM7.8 7h4.4M7.8 10.5h4.4" />,
);
export const BookIcon = icon(
  <path d="M4.5 15.2V4.5c0-.8.7-1.5 1.5-1.5h9.5v14H6.3a1.8 1.8 0 0 1 0-3.5h9.2" />,
);
export const PeopleIcon = icon(
  <>
    <circle cx="7.5" cy="6.5" r="3" />
    <path d="M2 16.5c.4-3 2.6-4.7 5.5-4.7s5.1 1.7 5.5 4.7M13 3.8a3 3 0 0 1 0 5.5M15 12.2c1.6.7 2.7 2.2 3 4.3" />
  </>,
);
export const ImportIcon = icon(<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13" />);
export const CalendarIcon = icon(<path d="M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5" />);
export const ChevronDown = icon(<path d="M5.5 8l4.5 4.5L14.5 8" />);
export const ChevronLeft = icon(<path d="M12 5l-5 5 5 5" />);
export const ChevronRight = icon(<path d="M8 5l5 5-5 5" />);
export const ArrowUpRight = icon(<path d="M6 14l8-8M7.5 6H14v6.5" />);
export const ArrowDownRight = icon(<path d="M6 6l8 8M14 7.5V14H7.5" />);
export const CheckIcon = icon(<path d="M4.5 10.5l3.5 3.5 7.5-8" />);
export const AlertIcon = icon(<path d="M10 3.2L2.3 16.5h15.4zM10 8.2v4M10 14.3v.1" />);
export const CloseIcon = icon(<path d="M5 5l10 10M15 5L5 15" />);
export const PauseIcon = icon(
  <path d="M3.5 8h10v4.5a3.5 3.5 0 0 1-3.5 3.5H7a3.5 3.5 0 0 1-3.5-3.5zM13.5 9h1.2a1.8 1.8 0 0 1 0 3.6h-1.2M6.5 3v2M10 3v2" />,
);
export const MoonIcon = icon(<path d="M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z" />);
export const SunIcon = icon(
  <>
    <circle cx="10" cy="10" r="3.2" />
    <path d="M10 2.5v1.7M10 15.8v1.7M2.5 10h1.7M15.8 10h1.7M4.7 4.7l1.2 1.2M14.1 14.1l1.2 1.2M15.3 4.7l-1.2 1.2M5.9 14.1l-1.2 1.2" />
  </>,
);
export const GlobeIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M3 10h14M10 3c2.5 2 3 5 3 7s-.5 5-3 7c-2.5-2-3-5-3-7s.5-5 3-7z" />
  </>,
);
export const SignOutIcon = icon(<path d="M8 3.5h7.5v13H8M3 10h9M9 7l3 3-3 3" />);
export const SearchIcon = icon(
  <>
    <circle cx="9" cy="9" r="5.5" />
    <path d="M13 13l4 4" />
  </>,
);
export const KeyboardIcon = icon(
  <path d="M2.5 5h15v10h-15zM5.5 8h.1M8.5 8h.1M11.5 8h.1M14.5 8h.1M6.5 12h7" />,
);
export const LockIcon = icon(<path d="M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9" />);

export const OrderIcon = icon(
  <path d="M3.5 6.5L10 3l6.5 3.5v7L10 17l-6.5-3.5zM3.5 6.5L10 10l6.5-3.5M10 10v7M6.7 4.8l6.5 3.5" />,
);
export const StaffIcon = icon(
  <>
    <path d="M4 4.5h12v12.5H4zM8 2.8h4v3.4H8zM6.8 14.8c.3-1.6 1.5-2.5 3.2-2.5s2.9.9 3.2 2.5" />
    <circle cx="10" cy="9.6" r="1.5" />
  </>,
);
export const UndoIcon = icon(<path d="M7 4.5L3.5 8 7 11.5M3.5 8h8.7a4.2 4.2 0 0 1 0 8.4H8" />);
export const PlusIcon = icon(<path d="M10 4.5v11M4.5 10h11" />);
export const MinusIcon = icon(<path d="M4.5 10h11" />);
export const MoreIcon = icon(<path d="M4 6h12M4 10h12M4 14h12" />);

export const ChartIcon = icon(<path d="M3.5 3.5v13h13M7 13V9.5M10.5 13V6M14 13v-2.5" />);
export const KeyIcon = icon(
  <>
    <circle cx="6.5" cy="13.5" r="3" />
    <path d="M8.7 11.3l7.3-7.3M13 7l2.5 2.5" />
  </>,
);
export const WebhookIcon = icon(
  <>
    <circle cx="10" cy="5.5" r="2.3" />
    <circle cx="5" cy="14" r="2.3" />
    <circle cx="15" cy="14" r="2.3" />
    <path d="M8.9 7.5L6.1 12M11.1 7.5l2.8 4.5M7.3 14h5.4" />
  </>,
);
export const ShieldIcon = icon(
  <path d="M10 2.8l6 2v5c0 3.6-2.4 6-6 7.4-3.6-1.4-6-3.8-6-7.4v-5zM7.3 10l2 2 3.5-3.7" />,
);
export const HealthIcon = icon(<path d="M2.5 10.5h3.5l2-5.5 3.5 10 2-4.5h4" />);
export const SettingsIcon = icon(
  <>
    <path d="M3 6h7M14 6h3M3 14h3M10 14h7" />
    <circle cx="12" cy="6" r="2" />
    <circle cx="8" cy="14" r="2" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="10" cy="6.5" r="3.2" />
    <path d="M3.8 17c.5-3.3 3-5.2 6.2-5.2s5.7 1.9 6.2 5.2" />
  </>,
);

const CLOUD = "M6 15h8.2a3.3 3.3 0 0 0 .5-6.6 4.8 4.8 0 0 0-9.2-.6A3.7 3.7 0 0 0 6 15z";

export const CloudIcon = icon(<path d={CLOUD} />);
export const NoCloudIcon = icon(<path d={`${CLOUD}M3.5 3.5l13 13`} />);
export const RefreshIcon = icon(
  <path d="M16 8a6.3 6.3 0 0 0-11.4-1M4 3.5V7h3.5M4 12a6.3 6.3 0 0 0 11.4 1M16 16.5V13h-3.5" />,
);

/** The shop counter of the name. */
export function Logo({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0 text-brand">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path
        d="M8.5 19.5V10l7.5 6 7.5-6v9.5M6.5 19.5h19M10 24h12"
        fill="none"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-on-brand"
      />
    </svg>
  );
}
