// A count by scanner: each scan adds one; what was counted becomes the stock when it is sent.
import { isProblem, parseQuantity } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field } from "../../parts/field.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { CountTable } from "./count-table.tsx";
import { added, edited, send, useLines, type Line } from "./lines.ts";
import { countWords } from "./words.ts";

export default function Count() {
  const w = useWords(countWords);
  const { cancel } = useWords(common);
  const f = useFormats();
  const { shop } = useMe();
  const [lines, setLines] = useLines(shop.slug);
  const [code, setCode] = useState("");
  const [note, setNote] = useState("");
  const [message, setMessage] = useState<{ text: string; isFault: boolean } | null>(null);
  const [isClearing, setClearing] = useState(false);
  const scan = useRef<HTMLFormElement>(null);
  const focusCode = (): void => scan.current?.querySelector("input")?.focus();
  // Scans are looked up one after the other, so that none overtakes another.
  const queue = useRef(Promise.resolve());

  useEffect(() => {
    focusCode();
    // A scan goes to the field, wherever the focus is.
    const onKeyDown = (event: KeyboardEvent): void => {
      const isPlain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      const isIdle = event.target === document.body || event.target instanceof HTMLButtonElement;
      if (isPlain && /[\d]/.test(event.key) && isIdle && !document.querySelector("dialog[open]")) focusCode();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);

  const lookUp = async (scanned: string): Promise<void> => {
    try {
      const product = await mostrador.lookUpProduct({ code: scanned });
      const quantity = product.scale && "quantity" in product.scale ? product.scale.quantity : 1;
      setLines((before) => added(before, product, quantity));
      setMessage({ text: product.title, isFault: false });
    } catch (error) {
      if (isProblem(error, "unknown-code")) setMessage({ text: w.unknown(scanned), isFault: true });
      else toastError(error);
    }
  };
  const submitCode = (event: FormEvent): void => {
    event.preventDefault();
    const scanned = code.trim();
    setCode("");
    focusCode();
    if (scanned !== "") queue.current = queue.current.then(() => lookUp(scanned));
  };

  const { mutate, isPending } = useMutation({
    mutationFn: async (all: readonly Line[]) => {
      let recorded = 0;
      for (const line of all) {
        const counted = parseQuantity(line.counted);
        if (counted === null) continue;
        const rest = await send(line, counted, note);
        if (rest === null) recorded += 1;
        setLines((before) =>
          before.flatMap((one) => (one.id !== line.id ? [one] : rest === null ? [] : [rest])),
        );
      }
      return recorded;
    },
    onSuccess: (recorded) => {
      if (recorded > 0) toast(w.sent(recorded, f.number(recorded)));
      setMessage(null);
      focusCode();
    },
    onError: toastError,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["products"] }),
  });
  const clear = (): void => {
    setLines([]);
    setMessage(null);
    setClearing(false);
  };
  return (
    <Screen title={w.title} subtitle={w.subtitle}>
      <div className="grid items-start gap-4 @min-[58rem]:grid-cols-[1fr_20rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Card>
            <form ref={scan} onSubmit={submitCode} className="flex flex-wrap items-end gap-3">
              <div className="min-w-0 flex-1 basis-52">
                <Field
                  label={w.code}
                  name="code"
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  placeholder={w.codeHint}
                  value={code}
                  onChange={({ target }) => setCode(target.value)}
                />
              </div>
              <Button type="submit">{w.add}</Button>
            </form>
            <p
              role="status"
              className={`mt-3 min-h-5 font-medium ${message?.isFault ? "text-bad" : "text-good"}`}
            >
              {message?.text}
            </p>
          </Card>
          <Card isFlush>
            {lines.length === 0 ? (
              <Empty text={w.empty} />
            ) : (
              <CountTable
                lines={lines}
                onEdit={(id, counted) => setLines(edited(lines, id, counted))}
                onRemove={(id) => setLines(lines.filter((line) => line.id !== id))}
              />
            )}
          </Card>
        </div>
        <Card>
          <div className="flex flex-col gap-4">
            <Field
              label={w.note}
              hint={w.noteHint}
              maxLength={200}
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
            <Button
              kind="primary"
              isBusy={isPending}
              disabled={lines.every(({ counted }) => parseQuantity(counted) === null)}
              onClick={() => mutate(lines)}
            >
              {w.send}
            </Button>
            {lines.length > 0 && (
              <Button kind="quiet" disabled={isPending} onClick={() => setClearing(true)}>
                {w.clear}
              </Button>
            )}
          </div>
        </Card>
      </div>
      {isClearing && (
        <Dialog title={w.clear} onClose={() => setClearing(false)}>
          <p className="mb-5 text-muted">{w.clearText}</p>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setClearing(false)}>{cancel}</Button>
            <Button kind="danger" onClick={clear}>
              {w.clear}
            </Button>
          </div>
        </Dialog>
      )}
    </Screen>
  );
}
