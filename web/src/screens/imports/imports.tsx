// Imports: a file is dropped, checked, mapped if need be, and started; past imports can be undone.
import type { ImportDryRun, ImportKind } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { SelectField } from "../../parts/field.tsx";
import { CloseIcon } from "../../parts/icons.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { Segmented } from "../../parts/segmented.tsx";
import { toastError } from "../../parts/toasts.tsx";
import { Screen } from "../../shell/screen.tsx";
import type { RangeSearch } from "../dashboard/range.ts";
import type { Settings } from "./check.ts";
import { DropZone } from "./drop-zone.tsx";
import { ImportRow, isActive } from "./import-row.tsx";
import { PastImports } from "./past-imports.tsx";
import { Preview } from "./preview.tsx";
import { importWords } from "./words.ts";

const PROGRESS_MS = 1000;

// The catalogue is another lazy screen.
const CATALOGUE: string = "/catalogue";

/** The days of the sales; of the first rows alone they are not known. */
const rangeOf = ({ is_partial: isPartial, first_day: from, last_day: to }: ImportDryRun): RangeSearch =>
  isPartial || from === null || to === null ? {} : { from, to };

export default function Imports() {
  const w = useWords(importWords);
  const { imports } = useWords(common);
  const [kind, setKind] = useState<ImportKind>("sales");
  const [savedName, setSavedName] = useState("");
  const [chosen, setChosen] = useState<{ id: string; settings: Omit<Settings, "kind" | "saved"> } | null>(
    null,
  );
  const [started, setStarted] = useState<{ id: string; report: ImportDryRun } | null>(null);
  const mappings = useQuery({
    queryKey: ["import-mappings"],
    queryFn: async ({ signal }) => (await mostrador.listImportMappings({ signal })).data,
  });
  const { mutate: remove } = useMutation({
    mutationFn: (name: string) => mostrador.deleteImportMapping(name),
    onSuccess: () => setSavedName(""),
    onError: toastError,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["import-mappings"] }),
  });
  const saved = mappings.data?.filter((mapping) => mapping.kind === kind) ?? [];
  const chooseFile = (file: File): void => {
    setStarted(null);
    setChosen({ id: crypto.randomUUID(), settings: { file, columns: {} } });
  };
  // What was answered about a file does not hold for another kind or mapping.
  const again = (): void => {
    if (chosen) chooseFile(chosen.settings.file);
  };
  return (
    <Screen title={imports} subtitle={w.subtitle}>
      <div className="flex flex-col gap-4">
        <Card title={w.newImport}>
          <div className="flex flex-col gap-4">
            <div className="flex flex-wrap items-end gap-4">
              <Segmented
                label={w.kind}
                value={kind}
                options={[
                  { value: "sales", label: w.sales },
                  { value: "products", label: w.products },
                ]}
                onChange={(value) => {
                  setKind(value);
                  setSavedName("");
                  again();
                }}
              />
              {saved.length > 0 && (
                <div className="flex min-w-0 items-end gap-1">
                  <SelectField
                    label={w.savedMapping}
                    value={savedName}
                    onChange={({ target }) => {
                      setSavedName(target.value);
                      again();
                    }}
                  >
                    <option value="">{w.noMapping}</option>
                    {saved.map(({ name }) => (
                      <option key={name} value={name}>
                        {name}
                      </option>
                    ))}
                  </SelectField>
                  {savedName !== "" && (
                    <IconButton label={w.deleteMapping(savedName)} onClick={() => remove(savedName)}>
                      <CloseIcon />
                    </IconButton>
                  )}
                </div>
              )}
            </div>
            {chosen === null ? (
              <DropZone onFile={chooseFile} />
            ) : (
              <div className="flex flex-wrap items-center justify-between gap-3 rounded-xl bg-sunken py-2 pr-2 pl-4">
                <span className="font-medium [overflow-wrap:anywhere]">{chosen.settings.file.name}</span>
                <Button
                  kind="quiet"
                  onClick={() => {
                    setChosen(null);
                    setStarted(null);
                  }}
                >
                  {w.otherFile}
                </Button>
              </div>
            )}
            {started && <Started {...started} />}
          </div>
        </Card>
        {chosen !== null && started === null && (
          <Preview
            key={chosen.id}
            id={chosen.id}
            settings={{
              ...chosen.settings,
              kind,
              saved: saved.find(({ name }) => name === savedName) ?? null,
            }}
            onChange={(change) => setChosen({ ...chosen, settings: { ...chosen.settings, ...change } })}
            onStarted={(id, report) => setStarted({ id, report })}
          />
        )}
        <PastImports exceptId={started?.id ?? null} />
      </div>
    </Screen>
  );
}

const takeFocus = (element: HTMLElement | null): void => element?.focus();

/** The import that was started here, until it is done and after. */
function Started({ id, report }: { id: string; report: ImportDryRun }) {
  const w = useWords(importWords);
  const started = useQuery({
    queryKey: ["imports", id],
    queryFn: ({ signal }) => mostrador.getImport(id, { signal }),
    refetchInterval: ({ state }) => (state.data && !isActive(state.data) ? false : PROGRESS_MS),
  });
  if (!started.data) return <div className="skeleton h-12" />;
  return (
    <div className="flex flex-col gap-4">
      <div ref={takeFocus} role="status" tabIndex={-1} className="rounded-xl border border-line p-4">
        <ImportRow item={started.data} />
      </div>
      {started.data.status === "done" && (
        <p>
          {report.kind === "sales" ? (
            <Link to="/" search={rangeOf(report)} className={linkButton.primary}>
              {w.seeDashboard}
            </Link>
          ) : (
            <Link to={CATALOGUE} className={linkButton.primary}>
              {w.seeCatalogue}
            </Link>
          )}
        </p>
      )}
    </div>
  );
}
