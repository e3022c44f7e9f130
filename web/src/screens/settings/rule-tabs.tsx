import type { Settings, Shop } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { RULES, SHOP } from "./resources.ts";
import { SettingsForm } from "./settings-form.tsx";
import { settingsWords } from "./words.ts";

type TabProps = { shop: Shop; rules: Settings };

export function TillTab({ shop, rules }: TabProps) {
  const w = useWords(settingsWords);
  return (
    <>
      <SettingsForm
        title={w.rulesOfSale}
        resource={SHOP}
        data={shop}
        specs={[
          {
            key: "max_discount_percent",
            label: w.maxDiscount,
            kind: "number",
            min: 0,
            max: 100,
            isDecimal: true,
          },
          {
            key: "employees_see",
            label: w.employeesSee,
            kind: "choice",
            options: [
              { value: "own", label: w.own },
              { value: "all", label: w.all },
            ],
          },
          {
            key: "oversell",
            label: w.oversell,
            kind: "choice",
            options: [
              { value: "refuse", label: w.refuse },
              { value: "allow", label: w.allow },
            ],
          },
          { key: "allow_price_override", label: w.priceOverride, kind: "switch" },
        ]}
      />
      <SettingsForm
        title={w.shifts}
        resource={RULES}
        data={rules}
        specs={[
          { key: "idle_minutes", label: w.idleMinutes, kind: "number", min: 1, max: 480 },
          { key: "max_shift_hours", label: w.maxShiftHours, kind: "number", min: 1, max: 48 },
          { key: "require_shift_to_sell", label: w.requireShift, kind: "switch" },
        ]}
      />
      <SettingsForm
        title={w.catalogue}
        resource={RULES}
        data={rules}
        specs={[{ key: "require_if_match", label: w.requireIfMatch, kind: "switch" }]}
      />
    </>
  );
}

const MANY = 1_000_000;

export function OrdersTab({ rules }: TabProps) {
  const w = useWords(settingsWords);
  return (
    <>
      <SettingsForm
        title={w.holds}
        resource={RULES}
        data={rules}
        specs={[
          { key: "hold_minutes", label: w.holdMinutes, kind: "number", min: 1, max: 1440 },
          { key: "guest_hold_minutes", label: w.guestHoldMinutes, kind: "number", min: 1, max: 1440 },
        ]}
      />
      <SettingsForm
        title={w.limits}
        resource={RULES}
        data={rules}
        specs={[
          {
            key: "pending_orders_per_customer",
            label: w.pendingPerCustomer,
            kind: "number",
            min: 1,
            max: MANY,
          },
          { key: "pending_units_per_customer", label: w.unitsPerCustomer, kind: "number", min: 1, max: MANY },
          {
            key: "pending_orders_per_address",
            label: w.pendingPerAddress,
            kind: "number",
            min: 1,
            max: MANY,
          },
          { key: "pending_units_per_address", label: w.unitsPerAddress, kind: "number", min: 1, max: MANY },
        ]}
      />
    </>
  );
}

export function TextsTab({ shop, rules }: TabProps) {
  const w = useWords(settingsWords);
  return (
    <>
      <SettingsForm
        title={w.receipts}
        resource={SHOP}
        data={shop}
        specs={[
          { key: "receipt_header", label: w.receiptHeader, kind: "lines", rows: 3 },
          { key: "receipt_footer", label: w.receiptFooter, kind: "lines", rows: 3 },
          { key: "brand_color", label: w.brandColor, hint: w.brandColorHint, kind: "text" },
        ]}
      />
      <SettingsForm
        title={w.orderMails}
        resource={RULES}
        data={rules}
        specs={[{ key: "order_mails", label: w.orderMailsText, kind: "switch" }]}
      />
    </>
  );
}
