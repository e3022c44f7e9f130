// The screens of the menu: a screen that is added here is in the sidebar, the tabs, the palette and the keys.
import type { Me } from "@mostrador/sdk";
import type { ComponentType } from "react";
import type { common } from "../i18n/common.ts";
import {
  BookIcon,
  ChartIcon,
  DashboardIcon,
  HealthIcon,
  ImportIcon,
  KeyIcon,
  OrderIcon,
  PeopleIcon,
  PersonIcon,
  ReceiptIcon,
  SettingsIcon,
  ShieldIcon,
  StaffIcon,
  TillIcon,
  WebhookIcon,
  type IconProps,
} from "../parts/icons.tsx";

type Role = Me["role"];
type CommonWords = { [K in keyof typeof common]: (typeof common)[K]["en"] };

type TextKey = { [K in keyof CommonWords]: CommonWords[K] extends string ? K : never }[keyof CommonWords];

export type NavigationItem = {
  to: string;
  name: TextKey;
  icon: ComponentType<IconProps>;
  roles: readonly Role[];
  /** G and then this letter goes to the screen. */
  letter: string;
};

const ITEMS: readonly NavigationItem[] = [
  { to: "/", name: "dashboard", icon: DashboardIcon, roles: ["ADMIN"], letter: "d" },
  { to: "/", name: "myDay", icon: DashboardIcon, roles: ["EMPLOYEE"], letter: "d" },
  { to: "/till", name: "till", icon: TillIcon, roles: ["ADMIN", "EMPLOYEE"], letter: "t" },
  { to: "/sales", name: "sales", icon: ReceiptIcon, roles: ["ADMIN", "EMPLOYEE"], letter: "s" },
  { to: "/orders", name: "orders", icon: OrderIcon, roles: ["ADMIN", "EMPLOYEE"], letter: "o" },
  { to: "/catalogue", name: "catalogue", icon: BookIcon, roles: ["ADMIN", "EMPLOYEE"], letter: "p" },
  { to: "/customers", name: "customers", icon: PeopleIcon, roles: ["ADMIN", "EMPLOYEE"], letter: "c" },
  { to: "/staff", name: "staff", icon: StaffIcon, roles: ["ADMIN"], letter: "e" },
  { to: "/imports", name: "imports", icon: ImportIcon, roles: ["ADMIN"], letter: "i" },
  { to: "/figures", name: "figures", icon: ChartIcon, roles: ["ADMIN"], letter: "f" },
  { to: "/webhooks", name: "webhooks", icon: WebhookIcon, roles: ["ADMIN"], letter: "w" },
  { to: "/keys", name: "keysScreen", icon: KeyIcon, roles: ["ADMIN"], letter: "y" },
  { to: "/audit", name: "audit", icon: ShieldIcon, roles: ["ADMIN"], letter: "u" },
  { to: "/health", name: "health", icon: HealthIcon, roles: ["ADMIN"], letter: "h" },
  { to: "/settings", name: "settings", icon: SettingsIcon, roles: ["ADMIN"], letter: "a" },
  { to: "/account", name: "account", icon: PersonIcon, roles: ["ADMIN", "EMPLOYEE"], letter: "m" },
];

/** The screens of a role, in the order of the menu. */
export const navigationOf = (role: Role): NavigationItem[] =>
  ITEMS.filter((item) => item.roles.includes(role));
