import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { common } from "../../i18n/common.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { ConflictDialog } from "./conflict-dialog.tsx";
import { changesOf, conflictsOf, type Conflict, type FieldSpec, type Values } from "./fields.ts";
import type { Resource } from "./resources.ts";
import { SettingField } from "./setting-field.tsx";
import { settingsWords } from "./words.ts";

type SettingsFormProps = {
  title: string;
  resource: Resource;
  specs: readonly FieldSpec[];
  /** The fields, and others that the form does not have. */
  data: object;
  note?: ReactNode;
};

/** The fields of a form among those of a resource. */
function valuesIn(specs: readonly FieldSpec[], data: object): Values {
  const all = new Map<string, unknown>(Object.entries(data));
  return Object.fromEntries(
    specs.map(({ key }) => {
      const value = all.get(key);
      const isValue = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
      return [key, isValue ? value : null];
    }),
  );
}

/**
 * A card with fields of a resource. Only what was changed is sent. The API has no version of settings, so the values are read again before
 * they are written: a field that someone else has changed since it was shown asks which value stays.
 */
export function SettingsForm({ title, resource, specs, data, note }: SettingsFormProps) {
  const w = useWords(settingsWords);
  const { save } = useWords(common);
  const form = useRef<HTMLFormElement>(null);
  const [shown, setShown] = useState(() => valuesIn(specs, data));
  const [round, setRound] = useState(0);
  const [conflicts, setConflicts] = useState<Conflict[]>([]);

  const show = (values: Values): void => {
    setShown(values);
    setRound((now) => now + 1);
  };
  const typed = (): Values => (form.current ? changesOf(specs, shown, new FormData(form.current)) : {});
  // Newer values replace those of a form in which nothing was typed.
  const fresh = JSON.stringify(valuesIn(specs, data));
  useEffect(() => {
    if (fresh !== JSON.stringify(shown) && Object.keys(typed()).length === 0) show(valuesIn(specs, data));
    // oxlint-disable-next-line react/exhaustive-deps -- only when the data changes
  }, [fresh]);

  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: async ({ changes, isForced }: { changes: Values; isForced: boolean }) => {
      const now = valuesIn(specs, await resource.read());
      const found = isForced ? [] : conflictsOf(specs, shown, changes, now);
      setConflicts(found);
      if (found.length > 0) return;
      const warnings = await resource.write(changes);
      show({ ...now, ...changes });
      const texts = wordsNow(settingsWords);
      toast([texts.saved, ...warnings.map(({ code }) => texts[code])].join(". "));
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const changes = typed();
    if (Object.keys(changes).length > 0) mutate({ changes, isForced: false });
    else {
      reset();
      toast(w.unchanged);
    }
  };
  const takeTheirs = (): void => {
    show({
      ...shown,
      ...typed(),
      ...Object.fromEntries(conflicts.map(({ spec, theirs }) => [spec.key, theirs])),
    });
    setConflicts([]);
  };
  return (
    <Card title={title}>
      <form ref={form} onSubmit={submit} className="flex flex-col gap-4">
        <div key={round} className="grid gap-4 @min-[32rem]:grid-cols-2">
          {specs.map((spec) => (
            <div
              key={spec.key}
              className={spec.kind === "switch" || spec.kind === "lines" ? "@min-[32rem]:col-span-2" : ""}
            >
              <SettingField
                spec={spec}
                value={shown[spec.key] ?? null}
                fault={fieldFault(error, `/${spec.key}`)}
              />
            </div>
          ))}
        </div>
        {note}
        {error && <ProblemNotice error={error} />}
        <div className="flex justify-end">
          <Button type="submit" kind="primary" isBusy={isPending}>
            {save}
          </Button>
        </div>
      </form>
      {conflicts.length > 0 && (
        <ConflictDialog
          conflicts={conflicts}
          isBusy={isPending}
          onSaveMine={() => mutate({ changes: typed(), isForced: true })}
          onTakeTheirs={takeTheirs}
          onClose={() => setConflicts([])}
        />
      )}
    </Card>
  );
}
