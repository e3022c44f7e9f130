// Covers the till during a break. It asks for nothing but to end it.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useId, useLayoutEffect, useRef } from "react";
import { useFormats } from "../i18n/formats.ts";
import { useWords, wordsNow } from "../i18n/words.ts";
import { useReachable } from "../offline/connection.ts";
import { Button } from "../parts/button.tsx";
import { PauseIcon } from "../parts/icons.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { toast } from "../parts/toasts.tsx";
import { useMe } from "../session/session.ts";
import { endBreak, useBreak, type Break } from "./breaks.ts";
import { useShift } from "./current.ts";
import { breakWords } from "./words.ts";

export default function BreakLock() {
  const me = useMe();
  const { data: shift } = useShift();
  const { open, unrecorded } = useBreak(shift);
  const isReachable = useReachable();
  const record = useEffectEvent(() => {
    // A failure is tried again when the connection returns, or on the next start.
    if (unrecorded) endBreak(me, unrecorded).catch(() => {});
  });
  useEffect(() => {
    if (isReachable) record();
  }, [isReachable, unrecorded?.id]);
  return open && <Lock key={open.id} pause={open} />;
}

function Lock({ pause }: { pause: Break }) {
  const w = useWords(breakWords);
  const f = useFormats();
  const me = useMe();
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const end = useMutation({
    mutationFn: () => endBreak(me, pause),
    onSuccess: (isRecorded) => {
      if (!isRecorded) toast(wordsNow(breakWords).endedOffline);
    },
  });
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      closedby="none"
      onCancel={(event) => event.preventDefault()}
      // A browser that does not know closedby closes it on a repeated Escape, whatever the first one was answered.
      onClose={() => ref.current?.open === false && ref.current.showModal()}
      className="m-0 size-full max-h-none max-w-none bg-canvas p-4 open:flex open:items-center open:justify-center"
    >
      <div className="flex flex-col items-center gap-4 text-center">
        <PauseIcon size={56} className="text-warn" />
        <h2 id={id} className="text-3xl font-semibold tracking-tight">
          {w.onBreak}
        </h2>
        <p className="text-lg">
          {me.first_name} · {pause.paid ? w.paid : w.unpaid}
        </p>
        <p className="text-muted">
          {w.since(f.time(pause.start_at))}. {w.locked}
        </p>
        {end.error && <ProblemNotice error={end.error} />}
        <Button
          autoFocus
          kind="primary"
          isBusy={end.isPending}
          onClick={() => end.mutate()}
          className="min-h-14 px-8 text-lg"
        >
          {w.end}
        </Button>
      </div>
    </dialog>
  );
}
