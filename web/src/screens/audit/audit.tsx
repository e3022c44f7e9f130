// The audit log, filtered by what is in the URL.
import type { AuditEntry, ListAuditQuery } from "@mostrador/sdk";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { ListCard, type Column } from "../../lists/data-table.tsx";
import { DaysFilter, FilterBar, FilterSelect, SearchBox } from "../../lists/filters.tsx";
import { changed } from "../../lists/search-params.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { nameOf, useStaff, useStaffName } from "../../lists/use-people.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ShieldIcon } from "../../parts/icons.tsx";
import { Screen } from "../../shell/screen.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import type { AuditSearch } from "./search.ts";
import { actionWords, auditWords, entityWords, isAction, isEntity } from "./words.ts";

const ROWS = 50;

const queryOf = ({ action = "", entity = "", ...search }: AuditSearch): ListAuditQuery => ({
  ...search,
  ...(isAction(action) && { action }),
  ...(isEntity(entity) && { entity }),
});

/** Who is answerable for an entry: a person, a key, or the system. */
function useWho(): (entry: AuditEntry) => string {
  const w = useWords(auditWords);
  const staffName = useStaffName();
  return ({ actor_id: id, key_name: key }) => {
    if (key !== null) return w.key(key);
    return id === null ? w.system : (staffName(id) ?? w.someone);
  };
}

export default function Audit() {
  const names = useWords(common);
  const w = useWords(auditWords);
  const search = useSearch({ from: "/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const [shown, setShown] = useState<AuditEntry | null>(null);
  const who = useWho();
  const query = queryOf(search);
  const list = useCursorList(["audit", query], (cursor, options) =>
    mostrador.listAudit({ ...query, cursor, limit: ROWS }, options),
  );
  const isFiltered = Object.keys(search).length > 0;
  const clear = (): void => void navigate({ search: {} });
  return (
    <Screen
      title={names.audit}
      subtitle={w.subtitle}
      actions={
        <CsvButton file="audit.csv" read={(options) => mostrador.listAudit({ ...query, ...options })} />
      }
    >
      <Filters search={search} onClear={isFiltered ? clear : undefined} />
      <ListCard
        caption={names.audit}
        columns={useColumns(who, setShown)}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={isFiltered}
        onClearFilters={clear}
        empty={<Empty icon={<ShieldIcon size={28} />} text={w.empty} />}
      />
      {shown && <EntryDialog entry={shown} who={who(shown)} onClose={() => setShown(null)} />}
    </Screen>
  );
}

const byLabel = <T extends { label: string }>(options: T[]): T[] =>
  options.toSorted((a, b) => a.label.localeCompare(b.label));

function Filters({ search, onClear }: { search: AuditSearch; onClear: (() => void) | undefined }) {
  const w = useWords(auditWords);
  const a = useWords(actionWords);
  const n = useWords(entityWords);
  const navigate = useNavigate({ from: "/audit" });
  const { data: staff = [] } = useStaff();
  const set = (change: { [K in keyof AuditSearch]?: AuditSearch[K] | undefined }): void =>
    void navigate({ search: changed(search, change), replace: true });
  return (
    <FilterBar onClear={onClear}>
      <SearchBox label={w.entityId} value={search.entity_id} onChange={(id) => set({ entity_id: id })} />
      <DaysFilter days={search} onChange={({ from, to }) => set({ from, to })} />
      <FilterSelect
        label={w.who}
        all={w.everyone}
        value={search.actor_id}
        options={staff.map((user) => ({ value: user.id, label: nameOf(user) }))}
        onChange={(id) => set({ actor_id: id })}
      />
      <FilterSelect
        label={w.action}
        all={w.allActions}
        value={search.action}
        options={byLabel(Object.entries(a).map(([value, label]) => ({ value, label })))}
        onChange={(action) => set({ action })}
      />
      <FilterSelect
        label={w.entity}
        all={w.allEntities}
        value={search.entity}
        options={byLabel(Object.entries(n).map(([value, label]) => ({ value, label })))}
        onChange={(entity) => set({ entity })}
      />
    </FilterBar>
  );
}

function useColumns(
  who: (entry: AuditEntry) => string,
  show: (entry: AuditEntry) => void,
): Column<AuditEntry>[] {
  const w = useWords(auditWords);
  const a = useWords(actionWords);
  const n = useWords(entityWords);
  const f = useFormats();
  return [
    {
      name: w.action,
      cell: ({ action, entity }) => (
        <>
          <span className="block font-medium">{a[action]}</span>
          <span className="block text-xs text-faint">{n[entity]}</span>
        </>
      ),
    },
    { name: w.who, shown: "hidden @min-[30rem]:table-cell", cell: who },
    {
      name: w.date,
      cell: ({ created_at: at }) => <span className="whitespace-nowrap">{f.instant(at)}</span>,
    },
    {
      name: w.details,
      isNumber: true,
      cell: (entry) => (
        <Button
          aria-label={w.detailsOf(a[entry.action], f.instant(entry.created_at))}
          onClick={() => show(entry)}
        >
          {w.details}
        </Button>
      ),
    },
  ];
}
