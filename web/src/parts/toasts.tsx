// Short messages that leave by themselves. Errors stay until they are closed.
import { useSyncExternalStore } from "react";
import { common } from "../i18n/common.ts";
import { problemKey, problemWords, requestIdOf } from "../i18n/problems.ts";
import { useWords, wordsNow } from "../i18n/words.ts";
import { createStore } from "../store.ts";
import { IconButton } from "./button.tsx";
import { AlertIcon, CheckIcon, CloseIcon } from "./icons.tsx";

type Tone = "good" | "warn" | "bad";
type Toast = { id: number; text: string; tone: Tone };

const SHOWN_MS = { good: 5000, warn: 8000 };
const COLOURS: Record<Tone, string> = { good: "text-good", warn: "text-warn", bad: "text-bad" };
const store = createStore<readonly Toast[]>([]);
let lastId = 0;

const remove = (id: number): void => store.set(store.get().filter((toast) => toast.id !== id));

function add(text: string, tone: Tone): void {
  const id = ++lastId;
  store.set([...store.get().slice(-2), { id, text, tone }]);
  if (tone !== "bad") setTimeout(() => remove(id), SHOWN_MS[tone]);
}

export const toast = (text: string): void => add(text, "good");

/** Says why something was not done, or needs attention. */
export const toastWarning = (text: string): void => add(text, "warn");

/** Shows an error by its type, with its request id. */
export function toastError(error: unknown): void {
  const id = requestIdOf(error);
  add([wordsNow(problemWords)[problemKey(error)], id].filter(Boolean).join(" · "), "bad");
}

export function Toasts() {
  const w = useWords(common);
  const toasts = useSyncExternalStore(store.subscribe, store.get);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-20 z-40 flex flex-col items-center gap-2 lg:inset-x-auto lg:right-6 lg:bottom-6 lg:items-end print:hidden"
    >
      {toasts.map(({ id, text, tone }) => {
        const Icon = tone === "good" ? CheckIcon : AlertIcon;
        return (
          <div
            key={id}
            className="pointer-events-auto flex max-w-md items-center gap-2 rounded-xl border border-line bg-raised py-1 pr-1 pl-4 shadow-float"
          >
            <Icon className={COLOURS[tone]} />
            <span className="py-2 break-words">{text}</span>
            <IconButton label={w.close} onClick={() => remove(id)}>
              <CloseIcon size={14} />
            </IconButton>
          </div>
        );
      })}
    </div>
  );
}
