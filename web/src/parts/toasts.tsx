// Short messages that leave by themselves. Errors stay until they are closed.
import { useSyncExternalStore } from "react";
import { common } from "../i18n/common.ts";
import { problemKey, problemWords, requestIdOf } from "../i18n/problems.ts";
import { useWords, wordsNow } from "../i18n/words.ts";
import { createStore } from "../store.ts";
import { IconButton } from "./button.tsx";
import { AlertIcon, CheckIcon, CloseIcon } from "./icons.tsx";

type Toast = { id: number; text: string; isError: boolean };

const SHOWN_MS = 5000;
const store = createStore<readonly Toast[]>([]);
let lastId = 0;

const remove = (id: number): void => store.set(store.get().filter((toast) => toast.id !== id));

function add(text: string, isError: boolean): void {
  const id = ++lastId;
  store.set([...store.get().slice(-2), { id, text, isError }]);
  if (!isError) setTimeout(() => remove(id), SHOWN_MS);
}

export const toast = (text: string): void => add(text, false);

/** Shows an error by its type, with its request id. */
export function toastError(error: unknown): void {
  const id = requestIdOf(error);
  add([wordsNow(problemWords)[problemKey(error)], id].filter(Boolean).join(" · "), true);
}

export function Toasts() {
  const w = useWords(common);
  const toasts = useSyncExternalStore(store.subscribe, store.get);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-20 z-40 flex flex-col items-center gap-2 lg:inset-x-auto lg:right-6 lg:bottom-6 lg:items-end print:hidden"
    >
      {toasts.map(({ id, text, isError }) => (
        <div
          key={id}
          className="pointer-events-auto flex max-w-md items-center gap-2 rounded-xl border border-line bg-raised py-1 pr-1 pl-4 shadow-float"
        >
          {isError ? <AlertIcon className="text-bad" /> : <CheckIcon className="text-good" />}
          <span className="py-2 break-words">{text}</span>
          <IconButton label={w.close} onClick={() => remove(id)}>
            <CloseIcon size={14} />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
