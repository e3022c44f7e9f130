import type { ImportDryRun } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import type { Settings } from "./check.ts";
import { importWords } from "./words.ts";

/** Saves how a file was read, under a name. */
export function SaveMapping({ settings, report }: { settings: Settings; report: ImportDryRun }) {
  const w = useWords(importWords);
  const [name, setName] = useState(settings.saved?.name ?? "");
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      mostrador.saveImportMapping({
        name: name.trim(),
        kind: report.kind,
        mapping: {
          ...settings.saved?.mapping,
          columns: { ...settings.columns, ...report.mapping },
          constants: report.constants,
          dates: report.formats.dates,
          decimal: report.formats.decimal,
        },
      }),
    onSuccess: ({ name: saved }) => toast(w.savedAs(saved)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["import-mappings"] }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    mutate();
  };
  return (
    <Card title={w.saveTitle}>
      <p className="mb-3 text-muted">{w.saveText}</p>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-52">
          <Field
            required
            label={w.name}
            maxLength={60}
            value={name}
            onChange={({ target }) => setName(target.value)}
            fault={fieldFault(error, "/name")}
          />
        </div>
        <Button type="submit" isBusy={isPending}>
          {w.saveTitle}
        </Button>
      </form>
      {error && (
        <div className="mt-3">
          <ProblemNotice error={error} />
        </div>
      )}
    </Card>
  );
}
