// The settings of the shop, in parts with URLs of their own.
import { useParams } from "@tanstack/react-router";
import type { Settings, Shop } from "@mostrador/sdk";
import type { ComponentType } from "react";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { useMe } from "../../session/session.ts";
import { NotFoundScreen, Screen } from "../../shell/screen.tsx";
import { PaymentsTab } from "./payments-tab.tsx";
import { useRules, useShop } from "./resources.ts";
import { OrdersTab, TextsTab, TillTab } from "./rule-tabs.tsx";
import { ShopTab } from "./shop-tab.tsx";
import { TaxesTab } from "./taxes-tab.tsx";
import { settingsWords } from "./words.ts";

const TABS = ["shop", "taxes", "payments", "till", "orders", "texts"] as const;
type TabKey = (typeof TABS)[number];

const CONTENTS: Record<TabKey, ComponentType<{ shop: Shop; rules: Settings }>> = {
  shop: ShopTab,
  taxes: TaxesTab,
  payments: PaymentsTab,
  till: TillTab,
  orders: OrdersTab,
  texts: TextsTab,
};

export default function SettingsScreen() {
  const names = useWords(common);
  const w = useWords(settingsWords);
  const { tab = "shop" } = useParams({ from: "/settings/{-$tab}" });
  const shop = useShop();
  const rules = useRules();
  const me = useMe();
  const current = TABS.find((one) => one === tab);
  if (!current) return <NotFoundScreen />;
  const Content = CONTENTS[current];
  return (
    <Screen title={names.settings} subtitle={me.shop.name}>
      <Tabs
        label={w.sections}
        current={current}
        tabs={TABS.map((key) => ({
          key,
          name: w[key],
          link: { to: "/settings/{-$tab}", params: key === "shop" ? {} : { tab: key } },
        }))}
      />
      <div className="grid items-start gap-4 @min-[64rem]:grid-cols-2">
        <Loaded query={shop} skeleton={<div className="skeleton h-[44rem] rounded-2xl" />}>
          {(profile) => (
            <Loaded query={rules} skeleton={<div className="skeleton h-[44rem] rounded-2xl" />}>
              {(settings) => <Content key={current} shop={profile} rules={settings} />}
            </Loaded>
          )}
        </Loaded>
      </div>
    </Screen>
  );
}
