import { useEffect, useId, useState, type DragEvent } from "react";
import { useWords } from "../../i18n/words.ts";
import { ImportIcon } from "../../parts/icons.tsx";
import { importWords } from "./words.ts";

const cancel = (event: Event): void => event.preventDefault();

/** Takes a file by drag and drop, or by choosing it. */
export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const w = useWords(importWords);
  const id = useId();
  const [isOver, setOver] = useState(false);
  // A file that misses the zone would be opened by the browser.
  useEffect(() => {
    addEventListener("dragover", cancel);
    addEventListener("drop", cancel);
    return () => {
      removeEventListener("dragover", cancel);
      removeEventListener("drop", cancel);
    };
  }, []);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <label
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex min-h-44 flex-col items-center justify-center gap-1 rounded-2xl border-2 border-dashed p-6 text-center transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand ${
        isOver ? "border-brand bg-brand-soft" : "border-strong-line hover:bg-sunken"
      }`}
    >
      <ImportIcon size={28} className="mb-2 text-brand" />
      <span className="text-base font-semibold">{w.drop}</span>
      <span>{w.choose}</span>
      <span className="mt-1 text-muted">{w.types}</span>
      <input
        id={id}
        type="file"
        accept=".csv,.txt,.tsv,.gz,.xlsx,text/csv"
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file) onFile(file);
          target.value = "";
        }}
        className="sr-only"
      />
    </label>
  );
}
