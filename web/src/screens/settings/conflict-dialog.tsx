import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import type { Conflict } from "./fields.ts";
import { ValueText } from "./setting-field.tsx";
import { settingsWords } from "./words.ts";

type ConflictDialogProps = {
  conflicts: readonly Conflict[];
  isBusy: boolean;
  onSaveMine: () => void;
  onTakeTheirs: () => void;
  onClose: () => void;
};

/** Both values of each field that two people have changed. */
export function ConflictDialog({
  conflicts,
  isBusy,
  onSaveMine,
  onTakeTheirs,
  onClose,
}: ConflictDialogProps) {
  const w = useWords(settingsWords);
  return (
    <Dialog title={w.conflict} onClose={onClose} className="w-[min(36rem,calc(100vw-2rem))]">
      <table className="w-full table-fixed">
        <caption className="sr-only">{w.conflict}</caption>
        <thead className="text-xs text-muted">
          <tr>
            {[w.field, w.yours, w.theirs].map((name) => (
              <th key={name} scope="col" className="py-2 pr-3 text-left font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {conflicts.map(({ spec, mine, theirs }) => (
            <tr key={spec.key} className="border-t border-line align-top">
              <th scope="row" className="py-2 pr-3 text-left font-medium break-words">
                {spec.label}
              </th>
              <td className="py-2 pr-3 break-words">
                <ValueText spec={spec} value={mine} />
              </td>
              <td className="py-2 break-words">
                <ValueText spec={spec} value={theirs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={onTakeTheirs}>{w.takeTheirs}</Button>
        <Button kind="primary" isBusy={isBusy} onClick={onSaveMine}>
          {w.saveMine}
        </Button>
      </div>
    </Dialog>
  );
}
