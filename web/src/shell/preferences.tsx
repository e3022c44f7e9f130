import { common } from "../i18n/common.ts";
import { LANGUAGES, setLanguage, useLanguage } from "../i18n/language.ts";
import { useWords } from "../i18n/words.ts";
import { GlobeIcon, MoonIcon, SunIcon } from "../parts/icons.tsx";
import { IconButton } from "../parts/button.tsx";
import { isDark, setTheme, useTheme } from "../theme.ts";

/** Turns a light screen dark and back. The palette also offers the theme of the system. */
export function ThemeButton() {
  const w = useWords(common);
  const dark = isDark(useTheme());
  return (
    <IconButton label={dark ? w.themeLight : w.themeDark} onClick={() => setTheme(dark ? "light" : "dark")}>
      {dark ? <SunIcon /> : <MoonIcon />}
    </IconButton>
  );
}

/** Changes to the other language, named in itself. */
export function LanguageButton({ isCompact = false }: { isCompact?: boolean }) {
  const w = useWords(common);
  const language = useLanguage();
  const other = LANGUAGES.find((one) => one !== language) ?? language;
  return (
    <button
      type="button"
      lang={other}
      aria-label={w.otherLanguage}
      onClick={() => setLanguage(other)}
      className="inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-xl px-2 text-muted hover:bg-sunken hover:text-ink"
    >
      <GlobeIcon />
      {!isCompact && <span className="text-[0.8125rem]">{w.otherLanguage}</span>}
    </button>
  );
}
