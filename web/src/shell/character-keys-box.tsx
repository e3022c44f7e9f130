import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { CheckBox } from "../parts/check-box.tsx";
import { setCharacterKeys, useCharacterKeys } from "./character-keys.ts";

/** Turns the keys of one character on or off, on this device. */
export function CharacterKeysBox() {
  const w = useWords(common);
  return (
    <CheckBox
      label={w.characterKeys}
      hint={w.characterKeysHint}
      checked={useCharacterKeys()}
      onChange={(event) => setCharacterKeys(event.target.checked)}
    />
  );
}
