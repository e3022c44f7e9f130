import { Link } from "@tanstack/react-router";
import { useWords } from "../../i18n/words.ts";
import { linkButton } from "../../parts/link-button.ts";
import { welcomeWords } from "./words.ts";

// Imports are another lazy screen.
const IMPORTS: string = "/imports";

/** Brings the catalogue and the sales of a former program. */
export function ImportLink() {
  const { doImport } = useWords(welcomeWords);
  return (
    <Link to={IMPORTS} className={linkButton.secondary}>
      {doImport}
    </Link>
  );
}
