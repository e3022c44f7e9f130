import { useId } from "react";
import { common } from "../i18n/common.ts";
import { useWords, words, wordsNow } from "../i18n/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { CheckIcon } from "./icons.tsx";
import { toast } from "./toasts.tsx";

const secretWords = words({
  once: {
    es: "Cópialo ahora y guárdalo en un lugar seguro. No se puede volver a mostrar.",
    en: "Copy it now and store it somewhere safe. It cannot be shown again.",
  },
  secret: { es: "Secreto", en: "Secret" },
  copy: { es: "Copiar", en: "Copy" },
  done: { es: "Ya lo he guardado", en: "I have stored it" },
});

type SecretDialogProps = { title: string; secret: string; note?: string | undefined; onClose: () => void };

/** Shows a secret that the API returns once. Only its button closes the dialog, so that a stray click does not lose it. */
export function SecretDialog({ title, secret, note, onClose }: SecretDialogProps) {
  const w = useWords(secretWords);
  const id = useId();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(secret);
    toast(wordsNow(common).copied);
  };
  return (
    <Dialog title={title} className="w-[min(34rem,calc(100vw-2rem))]">
      <div className="flex flex-col gap-4">
        <p className="text-muted">{w.once}</p>
        <label htmlFor={id} className="sr-only">
          {w.secret}
        </label>
        <input
          id={id}
          readOnly
          value={secret}
          onFocus={(event) => event.target.select()}
          className="min-h-11 w-full rounded-xl border border-line bg-sunken px-3 font-mono text-[0.8125rem]"
        />
        {note !== undefined && <p className="text-muted">{note}</p>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => void copy()}>{w.copy}</Button>
          <Button kind="primary" onClick={onClose}>
            <CheckIcon />
            {w.done}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
