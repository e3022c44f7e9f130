import { Link } from "@tanstack/react-router";
import { useWords } from "../../i18n/words.ts";
import { dashboardWords } from "./words.ts";

// The till is another lazy screen.
const TILL: string = "/till";

/** The next step where nothing has been sold. */
export function TillLink() {
  const { toTill } = useWords(dashboardWords);
  return (
    <Link
      to={TILL}
      className="inline-flex min-h-11 items-center rounded-xl bg-brand px-5 font-semibold text-on-brand hover:bg-brand-strong"
    >
      {toTill}
    </Link>
  );
}
