import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type KeyboardEvent } from "react";
import { common } from "../i18n/common.ts";
import { LANGUAGES, setLanguage, useLanguage } from "../i18n/language.ts";
import { useWords } from "../i18n/words.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useMe } from "../session/session.ts";
import { setTheme } from "../theme.ts";
import { navigationOf } from "./navigation.ts";
import { useSignOut } from "./use-sign-out.ts";

type Command = { name: string; run: () => void };

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();

function useCommands(onShowKeys: () => void): Command[] {
  const w = useWords(common);
  const { role } = useMe();
  const language = useLanguage();
  const navigate = useNavigate();
  const signOut = useSignOut();
  return [
    ...navigationOf(role).map(({ to, name }) => ({ name: w[name], run: () => void navigate({ to }) })),
    { name: w.keysOpen, run: onShowKeys },
    { name: w.themeLight, run: () => setTheme("light") },
    { name: w.themeDark, run: () => setTheme("dark") },
    { name: w.themeSystem, run: () => setTheme("system") },
    ...LANGUAGES.filter((one) => one !== language).map((one) => ({
      name: w.otherLanguage,
      run: () => setLanguage(one),
    })),
    { name: w.signOut, run: signOut },
  ];
}

/** Every screen and action by its name. */
export default function Palette({ onClose, onShowKeys }: { onClose: () => void; onShowKeys: () => void }) {
  const w = useWords(common);
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = useCommands(onShowKeys).filter(({ name }) => plain(name).includes(plain(text.trim())));
  const active = Math.min(at, found.length - 1);

  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((active + step + found.length) % Math.max(found.length, 1));
    else if (event.key === "Enter") run(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={w.commands} onClose={onClose} className="w-[min(34rem,calc(100vw-2rem))]">
      <input
        autoFocus
        role="combobox"
        aria-label={w.commands}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
        placeholder={w.commandsHint}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="min-h-11 w-full rounded-xl border border-line bg-card px-3 text-base placeholder:text-faint"
      />
      <div id={`${id}-list`} role="listbox" aria-label={w.commands} className="mt-2 max-h-80 overflow-y-auto">
        {found.map((command, index) => (
          <div
            key={command.name}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => run(command)}
            onMouseMove={() => setAt(index)}
            className="flex min-h-11 cursor-pointer items-center rounded-xl px-3 aria-selected:bg-brand-soft aria-selected:text-brand"
          >
            {command.name}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p role="status" className="px-3 py-4 text-muted">
          {w.noCommands}
        </p>
      )}
    </Dialog>
  );
}
