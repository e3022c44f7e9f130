import type { ApiKeyScope, CreatedApiKey, NewApiKey } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, SelectField, TextField } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { ScopeTable } from "./scope-table.tsx";
import { keysWords } from "./words.ts";

const DAY_MS = 86_400_000;

const linesOf = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter(Boolean);

/** The request that the form describes. */
function newKeyOf(form: FormData, kind: NewApiKey["kind"], scopes: ReadonlySet<ApiKeyScope>): NewApiKey {
  const days = Number(formText(form, "expires"));
  const ips = linesOf(formText(form, "ips"));
  return {
    kind,
    name: formText(form, "name").trim(),
    ...(days > 0 && { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() }),
    ...(kind === "publishable"
      ? { origins: linesOf(formText(form, "origins")) }
      : { scopes: [...scopes], ...(ips.length > 0 && { allowed_ips: ips }) }),
  };
}

type CreateDialogProps = { onCreated: (key: CreatedApiKey) => void; onClose: () => void };

export function CreateDialog({ onCreated, onClose }: CreateDialogProps) {
  const w = useWords(keysWords);
  const c = useWords(common);
  const [kind, setKind] = useState<NewApiKey["kind"]>("secret");
  const [scopes, setScopes] = useState<ReadonlySet<ApiKeyScope>>(new Set());
  const [isMissing, setIsMissing] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (key: NewApiKey) => mostrador.createApiKey(key),
    onSuccess: onCreated,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["api-keys"] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const key = newKeyOf(new FormData(event.currentTarget), kind, scopes);
    setIsMissing(kind === "secret" && scopes.size === 0);
    if (kind === "publishable" || scopes.size > 0) mutate(key);
  };
  return (
    <Dialog title={w.newKey} onClose={onClose} className="w-[min(36rem,calc(100vw-2rem))]">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          required
          label={w.name}
          name="name"
          maxLength={100}
          autoComplete="off"
          hint={w.nameHint}
          fault={fieldFault(error, "/name")}
        />
        <div>
          <Segmented
            label={w.kind}
            value={kind}
            options={[
              { value: "secret", label: w.secret },
              { value: "publishable", label: w.publishable },
            ]}
            onChange={setKind}
          />
          <p className="mt-1.5 text-faint">{kind === "secret" ? w.secretHint : w.publishableHint}</p>
        </div>
        {kind === "secret" ? (
          <>
            <ScopeTable chosen={scopes} fault={isMissing ? w.noScopes : undefined} onChange={setScopes} />
            <TextField
              label={w.ips}
              name="ips"
              rows={2}
              spellCheck={false}
              hint={w.ipsHint}
              fault={fieldFault(error, "/allowed_ips")}
            />
          </>
        ) : (
          <TextField
            required
            label={w.origins}
            name="origins"
            rows={3}
            spellCheck={false}
            hint={w.originsHint}
            fault={fieldFault(error, "/origins")}
          />
        )}
        <SelectField label={w.expires} name="expires" defaultValue="0">
          <option value="0">{w.never}</option>
          <option value="30">{w.in30}</option>
          <option value="90">{w.in90}</option>
          <option value="365">{w.in365}</option>
        </SelectField>
        {error && <ProblemNotice error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{c.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={isPending}>
            {w.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
