import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useMe } from "../session/session.ts";
import { CharacterKeysBox } from "./character-keys-box.tsx";
import { useCharacterKeys } from "./character-keys.ts";
import { navigationOf } from "./navigation.ts";

function Key({ children }: { children: string }) {
  return (
    <kbd className="inline-flex min-w-7 justify-center rounded-md border border-line bg-sunken px-1.5 py-0.5 font-sans text-xs font-semibold">
      {children}
    </kbd>
  );
}

/** The keys that work on every screen. */
export default function KeyList({ onClose }: { onClose: () => void }) {
  const w = useWords(common);
  const { role } = useMe();
  const ofCharacters: [string, string[]][] = [
    [w.keysOpen, ["?"]],
    ...navigationOf(role).map(({ name, letter }): [string, string[]] => [
      w.goTo(w[name]),
      ["G", letter.toUpperCase()],
    ]),
  ];
  const rows: [string, string[]][] = [
    [w.commands, ["Ctrl", "K"]],
    ...(useCharacterKeys() ? ofCharacters : []),
  ];
  return (
    <Dialog title={w.keys} onClose={onClose}>
      <CharacterKeysBox />
      <dl className="mt-2 divide-y divide-line">
        {rows.map(([name, keys]) => (
          <div key={name} className="flex min-h-11 items-center justify-between gap-4">
            <dt>{name}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Key key={key}>{key}</Key>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
