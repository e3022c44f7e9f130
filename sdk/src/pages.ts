// Lists, page after page.

type PageOf<Item> = { data: Item[]; next_cursor: string | null };

/** The items of a list: `for await (const sale of mostrador.pages.listSales())`. Each page is read when it is needed. */
export class Pages<Item, Page extends PageOf<Item>> implements AsyncIterable<Item> {
  readonly #read: (cursor: string | null) => Promise<Page>;

  constructor(read: (cursor: string | null) => Promise<Page>) {
    this.#read = read;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** The pages themselves, with their other fields. */
  async *pages(): AsyncGenerator<Page, void> {
    for (let cursor: string | null = null; ;) {
      const page: Page = await this.#read(cursor);
      yield page;
      if (page.next_cursor === null) return;
      if (page.next_cursor === cursor) throw new Error("The list does not advance.");
      cursor = page.next_cursor;
    }
  }

  /** All items. */
  async all(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this) items.push(item);
    return items;
  }
}
