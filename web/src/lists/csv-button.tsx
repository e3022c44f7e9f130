import { useMutation } from "@tanstack/react-query";
import { useLanguage, type Language } from "../i18n/language.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { ImportIcon } from "../parts/icons.tsx";
import { toastError } from "../parts/toasts.tsx";
import { downloadFile } from "./download.ts";
import { listWords } from "./words.ts";

type CsvOptions = { format: "csv"; decimal: "comma" | "point"; delimiter: "semicolon" | "comma"; bom: true };

/** Spreadsheets in Spanish read decimals with a comma. */
const OPTIONS: Record<Language, CsvOptions> = {
  es: { format: "csv", decimal: "comma", delimiter: "semicolon", bom: true },
  en: { format: "csv", decimal: "point", delimiter: "comma", bom: true },
};

type CsvButtonProps = {
  file: string;
  label?: string;
  /** Says more than the label, which it begins or ends with. */
  name?: string;
  read: (options: CsvOptions) => Promise<string>;
};

/** Downloads a list with its filters as a file for spreadsheets. */
export function CsvButton({ file, label, name, read }: CsvButtonProps) {
  const w = useWords(listWords);
  const options = OPTIONS[useLanguage()];
  const download = useMutation({
    mutationFn: () => read(options),
    onSuccess: (text) => downloadFile(file, text, "text/csv"),
    onError: toastError,
  });
  return (
    <Button aria-label={name} isBusy={download.isPending} onClick={() => download.mutate()}>
      <ImportIcon />
      {label ?? w.downloadCsv}
    </Button>
  );
}
