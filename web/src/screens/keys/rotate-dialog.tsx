import type { ApiKey, RotatedApiKey } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { SelectField } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { keysWords } from "./words.ts";

type RotateDialogProps = { apiKey: ApiKey; onRotated: (key: RotatedApiKey) => void; onClose: () => void };

/** Gives a key a new secret, the present one working for a while. */
export function RotateDialog({ apiKey, onRotated, onClose }: RotateDialogProps) {
  const w = useWords(keysWords);
  const c = useWords(common);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (grace: number) => mostrador.rotateApiKey(apiKey.id, { grace_seconds: grace }),
    onSuccess: onRotated,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["api-keys"] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    mutate(Number(formText(new FormData(event.currentTarget), "grace")));
  };
  return (
    <Dialog title={w.rotateName(apiKey.name)} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-muted">{w.rotateText}</p>
        <SelectField label={w.overlap} name="grace" defaultValue="86400">
          <option value="3600">{w.overlapHour}</option>
          <option value="86400">{w.overlapDay}</option>
          <option value="604800">{w.overlapWeek}</option>
          <option value="0">{w.overlapNone}</option>
        </SelectField>
        {error && <ProblemNotice error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{c.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={isPending}>
            {w.rotate}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
