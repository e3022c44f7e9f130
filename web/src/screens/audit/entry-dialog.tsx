import type { AuditEntity, AuditEntry } from "@mostrador/sdk";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { actionWords, auditWords, entityWords } from "./words.ts";

const SCREENS: Partial<Record<AuditEntity, (id: string) => string>> = {
  sale: (id) => `/sales/${id}`,
  purchase: (id) => `/orders/${id}`,
  customer: (id) => `/customers/${id}`,
  product: (id) => `/catalogue/${id}`,
  webhook: (id) => `/webhooks/${id}`,
  user: () => "/staff",
  api_key: () => "/keys",
  import: () => "/imports",
  shop: () => "/settings",
  settings: () => "/settings/till",
  tax_rate: () => "/settings/taxes",
  payment_methods: () => "/settings/payments",
};

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
};

type DiffRow = { field: string; before: string; after: string };

/** The fields of an entry with their values before and after. */
function diffOf({ before, after }: Pick<AuditEntry, "before" | "after">): DiffRow[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const [old, now] = [new Map(Object.entries(before ?? {})), new Map(Object.entries(after ?? {}))];
  return [...fields].map((field) => ({
    field,
    before: textOf(old.get(field)),
    after: textOf(now.get(field)),
  }));
}

type EntryDialogProps = { entry: AuditEntry; who: string; onClose: () => void };

/** All that the log has of a change. */
export function EntryDialog({ entry, who, onClose }: EntryDialogProps) {
  const w = useWords(auditWords);
  const a = useWords(actionWords);
  const n = useWords(entityWords);
  const f = useFormats();
  const rows = diffOf(entry);
  const screen = SCREENS[entry.entity]?.(entry.entity_id);
  return (
    <Dialog title={a[entry.action]} onClose={onClose} className="w-[min(44rem,calc(100vw-2rem))]">
      <p className="text-muted">
        {who} · {f.instant(entry.created_at)}
      </p>
      <p className="mt-1 mb-4 break-all text-muted">
        {n[entry.entity]} <span className="font-mono text-xs">{entry.entity_id}</span>
        {screen !== undefined && (
          <>
            {" "}
            <Link to={screen} className="font-medium text-brand underline-offset-2 hover:underline">
              {w.open}
            </Link>
          </>
        )}
      </p>
      {rows.length === 0 ? (
        <p>{w.noDetails}</p>
      ) : (
        <table className="w-full table-fixed text-[0.8125rem]">
          <caption className="sr-only">{a[entry.action]}</caption>
          <thead className="text-xs text-muted">
            <tr>
              {[w.field, w.before, w.after].map((name) => (
                <th key={name} scope="col" className="py-1.5 pr-3 text-left font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ field, before, after }) => (
              <tr key={field} className="border-t border-line align-top">
                <th scope="row" className="py-1.5 pr-3 text-left font-normal break-words text-muted">
                  {field}
                </th>
                <td className="py-1.5 pr-3 break-words">{before}</td>
                <td className="py-1.5 break-words">{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {entry.request_id !== null && (
        <p className="mt-4 text-xs break-all text-faint">
          {w.requestId} <span className="font-mono">{entry.request_id}</span>
        </p>
      )}
    </Dialog>
  );
}
