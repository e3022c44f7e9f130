// Loops that end, whatever the code under test answers: one that goes on after its test's time limit would hang the run.
const MAX_PAGES = 100;

/** All pages of a list; `pageAt` returns the page at a cursor, null for the first. Throws if a cursor repeats or the pages do not end. */
export async function pagesOf<Page extends { next_cursor: string | null }>(
  pageAt: (cursor: string | null) => Promise<Page>,
): Promise<Page[]> {
  const pages: Page[] = [];
  const cursors = new Set<string>();
  for (let cursor: string | null = null; pages.length < MAX_PAGES;) {
    const page = await pageAt(cursor);
    pages.push(page);
    cursor = page.next_cursor;
    if (cursor === null) return pages;
    if (cursors.has(cursor)) throw new Error(`The cursor ${cursor} repeats.`);
    cursors.add(cursor);
  }
  throw new Error(`The list does not end after ${MAX_PAGES} pages.`);
}

/** Repeats a step until it returns true. Throws after `limit` steps. */
export async function repeatUntil(step: () => Promise<boolean>, limit = 100): Promise<void> {
  for (let steps = 0; steps < limit; steps += 1) if (await step()) return;
  throw new Error(`There is no end after ${limit} steps.`);
}
