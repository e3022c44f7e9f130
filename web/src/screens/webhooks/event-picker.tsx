import type { EventFilter } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { CheckBox } from "../../parts/check-box.tsx";
import { eventWords, webhooksWords } from "./words.ts";

/** Each event of the API, once. The type fails to compile when the API has another one. */
const EVENTS: Record<Exclude<EventFilter, "*">, true> = {
  "sale.completed": true,
  "sale.refunded": true,
  "sale.cancelled": true,
  "sale.payments_corrected": true,
  "purchase.placed": true,
  "purchase.changed": true,
  "payment.refund_due": true,
  "payment.refunded": true,
  "product.created": true,
  "product.updated": true,
  "product.hidden": true,
  "product.low_stock": true,
  "product.stock_changed": true,
  "products.imported": true,
  "stock.discrepancy": true,
  "shift.started": true,
  "shift.ended": true,
  "shift.corrected": true,
  "shift.idle": true,
  "shift.needs_review": true,
  "webhook.ping": true,
};

const isEvent = (text: string): text is keyof typeof EVENTS => Object.hasOwn(EVENTS, text);
const ALL = Object.keys(EVENTS).filter(isEvent);

/** The texts of an endpoint as filters; what this app does not know is left out. */
export const filtersOf = (types: readonly string[]): ReadonlySet<EventFilter> =>
  new Set(types.filter((type): type is EventFilter => type === "*" || isEvent(type)));

type EventPickerProps = {
  chosen: ReadonlySet<EventFilter>;
  fault: string | undefined;
  onChange: (events: ReadonlySet<EventFilter>) => void;
};

/** All events, or some of them. */
export function EventPicker({ chosen, fault, onChange }: EventPickerProps) {
  const w = useWords(webhooksWords);
  const e = useWords(eventWords);
  const isAll = chosen.has("*");
  const toggle = (event: EventFilter): void => {
    const next = new Set(chosen);
    if (!next.delete(event)) next.add(event);
    onChange(next);
  };
  return (
    <fieldset>
      <legend className="font-medium text-muted">{w.events}</legend>
      <CheckBox label={w.allEvents} checked={isAll} onChange={() => onChange(new Set(isAll ? [] : ["*"]))} />
      {!isAll && (
        <div
          role="region"
          aria-label={w.events}
          tabIndex={0}
          className="grid max-h-64 gap-x-4 overflow-y-auto rounded-xl border border-line px-3 py-1 sm:grid-cols-2"
        >
          {ALL.map((event) => (
            <CheckBox
              key={event}
              label={e[event] ?? event}
              checked={chosen.has(event)}
              onChange={() => toggle(event)}
            />
          ))}
        </div>
      )}
      {fault !== undefined && (
        <p role="alert" className="pt-1 text-bad">
          {fault}
        </p>
      )}
    </fieldset>
  );
}
