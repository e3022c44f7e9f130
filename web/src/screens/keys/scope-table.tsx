import type { ApiKeyScope } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { SCOPE_ROWS } from "./scopes.ts";
import { domainWords, keysWords } from "./words.ts";

type ScopeTableProps = {
  chosen: ReadonlySet<ApiKeyScope>;
  fault: string | undefined;
  onChange: (scopes: ReadonlySet<ApiKeyScope>) => void;
};

/** What a secret key may read and write, domain by domain. */
export function ScopeTable({ chosen, fault, onChange }: ScopeTableProps) {
  const w = useWords(keysWords);
  const d = useWords(domainWords);
  const toggle = (scope: ApiKeyScope): void => {
    const next = new Set(chosen);
    if (!next.delete(scope)) next.add(scope);
    onChange(next);
  };
  const box = (scope: ApiKeyScope | undefined, label: string) =>
    scope === undefined ? null : (
      <label className="inline-flex size-11 items-center justify-center">
        <input
          type="checkbox"
          aria-label={label}
          checked={chosen.has(scope)}
          onChange={() => toggle(scope)}
          className="size-5 accent-brand"
        />
      </label>
    );
  return (
    <div
      role="region"
      aria-label={w.scopes}
      tabIndex={0}
      className="max-h-72 overflow-y-auto rounded-xl border border-line"
    >
      <table className="w-full">
        <caption className="sr-only">{w.scopes}</caption>
        <thead className="sticky top-0 z-10 bg-card text-xs text-muted">
          <tr>
            <th scope="col" className="px-3 py-2 text-left font-medium">
              {w.scopes}
            </th>
            <th scope="col" className="w-20 font-medium">
              {w.read}
            </th>
            <th scope="col" className="w-20 font-medium">
              {w.write}
            </th>
          </tr>
        </thead>
        <tbody>
          {SCOPE_ROWS.map(({ domain, read, write }) => {
            const name = d[domain] ?? domain;
            return (
              <tr key={domain} className="border-t border-line">
                <th scope="row" className="px-3 text-left font-normal">
                  {name}
                </th>
                <td className="text-center">{box(read, w.readOf(name))}</td>
                <td className="text-center">{box(write, w.writeOf(name))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {fault !== undefined && (
        <p role="alert" className="border-t border-line px-3 py-2 text-bad">
          {fault}
        </p>
      )}
    </div>
  );
}
