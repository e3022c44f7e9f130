// Relative links and the headings they name. Vite collects the pages, since tests run without a file system.
import { describe, expect, it } from "vitest";

const pages = import.meta.glob<string>(["/*.md", "/docs/**/*.md", "/sdk/*.md"], {
  query: "?raw",
  import: "default",
  eager: true,
});
// Only the paths that pages link to other than pages.
const files = new Set(
  Object.keys(
    import.meta.glob([
      "/*.{md,toml,json,ts}",
      "/LICENSE",
      "/docs/**/*",
      "/sdk/*.md",
      "/{src,workers,test,scripts,bench,attack,examples}/**/*",
      "/migrations/*.sql",
    ]),
  ),
);

/** The anchor of a heading, as GitHub derives it. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/[`*]/g, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, "");

const anchorsOf = (page: string): Set<string> =>
  new Set([...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)));

const linksOf = (page: string): string[] =>
  [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

const isFolder = (path: string): boolean => [...files].some((file) => file.startsWith(`${path}/`));

/** Why a link of this page leads nowhere, or null. */
function faultOf(page: string, link: string): string | null {
  const { pathname, hash } = new URL(link, `file://${page}`);
  const path = decodeURI(pathname).replace(/\/$/, "");
  if (!files.has(path) && !isFolder(path)) return "no such file";
  const text = pages[path];
  if (hash === "" || text === undefined) return null;
  return anchorsOf(text).has(decodeURIComponent(hash.slice(1))) ? null : "no such heading";
}

describe("the documentation", () => {
  it("has no dead link", () => {
    expect(Object.keys(pages)).toContain("/docs/architecture.md");
    const dead = Object.entries(pages).flatMap(([page, text]) =>
      linksOf(text).flatMap((link) => {
        const fault = faultOf(page, link);
        return fault === null ? [] : [`${page}: ${link}: ${fault}`];
      }),
    );
    expect(dead).toEqual([]);
  });
});
