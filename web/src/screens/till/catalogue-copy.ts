// The copy of the catalogue on this device: in memory for the till, in IndexedDB for the next start, and fresh by what has changed since.
import type { Product } from "@mostrador/sdk";
import { mostrador } from "../../client.ts";
import { noting } from "../../offline/connection.ts";
import { openDatabase, readAll, readOne, write } from "../../offline/database.ts";
import { createStore } from "../../store.ts";
import { createCatalogue, tillProduct, type Catalogue, type TillProduct } from "./catalogue.ts";

const PRODUCTS = "products";
const META = "meta";
const EPOCH = "2000-01-01T00:00:00Z";
// A change is committed some time after the instant that it carries.
const OVERLAP_MS = 60_000;
// As many as a page may have.
const PAGE = 100;
// Products that were removed are in no delta, so all are read again now and then.
const ALL_EVERY_MS = 24 * 3600 * 1000;

type Progress = { since: string; allAt: number };

export type Copy = {
  catalogue: Catalogue;
  /** Counts the changes of the copy, so that what shows it is drawn again. */
  revision: () => number;
  subscribe: (listener: () => void) => () => void;
  sync: () => Promise<void>;
  put: (product: Product) => Promise<TillProduct>;
  remove: (id: string) => Promise<void>;
};

const copies = new Map<string, Promise<Copy>>();

async function openCopy(shop: string): Promise<Copy> {
  const open = openDatabase(`mostrador.catalogue.${shop}`, 1, (database) => {
    database.createObjectStore(PRODUCTS, { keyPath: "id" });
    database.createObjectStore(META);
  });
  const catalogue = createCatalogue();
  const revision = createStore(0);
  const changed = (): void => revision.set(revision.get() + 1);
  catalogue.put(await readAll<TillProduct>(await open(), PRODUCTS));
  let running: Promise<void> | null = null;

  const store = async (products: TillProduct[]): Promise<void> => {
    catalogue.put(products);
    changed();
    await write(await open(), PRODUCTS, "relaxed", (objects) => {
      for (const product of products) objects.put(product);
    });
  };
  const remove = async (ids: string[]): Promise<void> => {
    for (const id of ids) catalogue.remove(id);
    changed();
    await write(await open(), PRODUCTS, "relaxed", (objects) => {
      for (const id of ids) objects.delete(id);
    });
  };
  const sync = async (): Promise<void> => {
    const progress = await readOne<Progress>(await open(), META, "progress");
    const isWhole = !progress || Date.now() - progress.allAt > ALL_EVERY_MS;
    let since = isWhole ? EPOCH : progress.since;
    const from = isWhole ? EPOCH : new Date(Date.parse(since) - OVERLAP_MS).toISOString();
    const seen = new Set<string>();
    for await (const { data } of mostrador.pages.listProducts({ updated_since: from, limit: PAGE }).pages()) {
      const products = data.map(tillProduct);
      for (const { id, updated_at } of products) {
        seen.add(id);
        if (updated_at > since) since = updated_at;
      }
      if (products.length > 0) await store(products);
    }
    if (isWhole) {
      const gone = catalogue.retain(seen);
      if (gone.length > 0) await remove(gone);
    }
    const next: Progress = { since, allAt: isWhole ? Date.now() : progress.allAt };
    await write(await open(), META, "relaxed", (meta) => meta.put(next, "progress"));
  };
  return {
    catalogue,
    revision: revision.get,
    subscribe: revision.subscribe,
    sync: () => {
      running ??= noting(sync()).finally(() => {
        running = null;
      });
      return running;
    },
    put: async (product) => {
      const known = tillProduct(product);
      await store([known]);
      return known;
    },
    remove: (id) => remove([id]),
  };
}

/** The copy of a shop's catalogue. */
export function copyOf(shop: string): Promise<Copy> {
  const known = copies.get(shop);
  if (known) return known;
  const opening = openCopy(shop).catch((error: unknown) => {
    copies.delete(shop);
    throw error;
  });
  copies.set(shop, opening);
  return opening;
}
