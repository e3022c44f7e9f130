import { common } from "../i18n/common.ts";
import { problemKey, problemWords, requestIdOf } from "../i18n/problems.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "./button.tsx";
import { AlertIcon } from "./icons.tsx";
import { toast } from "./toasts.tsx";

type ProblemNoticeProps = {
  error: unknown;
  onRetry?: () => void;
  /** What the screen knows better than the type of the problem says it. */
  sentence?: string | undefined;
};

/** A translated sentence for an error, its request id to copy, and a button that repeats what failed. */
export function ProblemNotice({ error, onRetry, sentence }: ProblemNoticeProps) {
  const w = useWords(common);
  const ofType = useWords(problemWords)[problemKey(error)];
  return (
    <div role="alert" className="flex flex-col items-start gap-3 rounded-xl bg-bad-soft p-4 text-bad">
      <p className="flex gap-2">
        <AlertIcon className="mt-px" />
        {sentence ?? ofType}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {onRetry && <Button onClick={onRetry}>{w.tryAgain}</Button>}
        <RequestId id={requestIdOf(error)} />
      </div>
    </div>
  );
}

function RequestId({ id }: { id: string | null }) {
  const w = useWords(common);
  if (id === null) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(id);
    toast(w.copied);
  };
  return (
    <button
      type="button"
      onClick={() => void copy()}
      title={w.copyRequestId}
      className="min-h-11 rounded-lg px-2 text-left text-xs break-all underline-offset-2 hover:underline"
    >
      {w.request} <span className="font-mono">{id}</span>
    </button>
  );
}
