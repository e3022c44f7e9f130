// Binds the contract to the changelog: openapi.lock.json has the digests of both at the last change of the contract, so that the contract
// cannot change without a line in the changelog.
import { createHash } from "node:crypto";
import { withoutTexts } from "./text.ts";

export type Lock = { contract: string; changelog: string };

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/** The sections that begin with `mark`, each from its title on. */
const sections = (text: string, mark: string): string[] => `\n${text}`.split(`\n${mark} `).slice(1);

/** What the changelog says of the API under Unreleased, among the other parts; empty if nothing. */
function unreleasedApi(changelog: string): string {
  const unreleased = sections(changelog, "##").find((section) => section.startsWith("Unreleased\n")) ?? "";
  return sections(unreleased, "###").find((section) => section.startsWith("API\n")) ?? "";
}

/** The lock of a document, as the text of openapi.json, and a changelog. */
export const lockOf = (document: string, changelog: string): Lock => ({
  contract: digest(JSON.stringify(withoutTexts(JSON.parse(document)))),
  changelog: digest(unreleasedApi(changelog)),
});

/** The lock after a change; null if the contract has changed and the changelog has not. */
export function nextLock(before: Lock, now: Lock): Lock | null {
  if (before.contract === now.contract) return before;
  return before.changelog === now.changelog ? null : now;
}
