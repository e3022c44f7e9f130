import { isProblem } from "@mostrador/sdk";
import { faultAt } from "../../i18n/problems.ts";
import { useLanguage } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useReason } from "./reasons.ts";
import { importWords } from "./words.ts";

// What another program may have made of the file.
const OF_FILE = ["invalid", "unsupported-media-type", "too-large", "invalid-encoding", "invalid-gzip"];

/** Why a file cannot be read, and what to do about it. */
export function FileProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const w = useWords(importWords);
  const language = useLanguage();
  const inWords = useReason();
  const fault = isProblem(error, "invalid") ? faultAt(error, "") : undefined;
  const reason = fault && inWords(fault.detail);
  // A sentence that is not known in the language of the person says less than that the file cannot be read.
  const sentence = reason?.lang === language ? w.unreadableFor(reason.text) : w.unreadable;
  return (
    <div className="flex flex-col gap-3">
      <ProblemNotice error={error} onRetry={onRetry} sentence={fault && sentence} />
      {isProblem(error) && OF_FILE.includes(error.slug) && <p className="text-muted">{w.asCsv}</p>}
    </div>
  );
}
