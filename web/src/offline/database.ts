// IndexedDB with promises. Unsent sales are in one database for all shops of this device, each catalogue in one of its own.
type Upgrade = (database: IDBDatabase) => void;

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed.")));
  });

export function openDatabase(name: string, version: number, upgrade: Upgrade): () => Promise<IDBDatabase> {
  let opened: Promise<IDBDatabase> | null = null;
  const forget = (): void => {
    opened = null;
  };
  const open = async (): Promise<IDBDatabase> => {
    const request = indexedDB.open(name, version);
    request.addEventListener("upgradeneeded", () => upgrade(request.result));
    const database = await result(request);
    database.addEventListener("close", forget);
    // Another tab has a newer version of the app.
    database.addEventListener("versionchange", () => {
      database.close();
      forget();
    });
    return database;
  };
  return () => {
    opened ??= open().catch((error: unknown) => {
      forget();
      throw error;
    });
    return opened;
  };
}

export async function readAll<T>(database: IDBDatabase, store: string): Promise<T[]> {
  const rows: unknown[] = await result(database.transaction(store).objectStore(store).getAll());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this app writes the store
  return rows as T[];
}

export async function readOne<T>(database: IDBDatabase, store: string, key: string): Promise<T | undefined> {
  const row: unknown = await result(database.transaction(store).objectStore(store).get(key));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this app writes the store
  return row as T | undefined;
}

/** Writes in one transaction; resolves once it is committed: with `strict`, on the disk. */
export function write(
  database: IDBDatabase,
  store: string,
  durability: IDBTransactionDurability,
  change: (objects: IDBObjectStore) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, "readwrite", { durability });
    const fail = (): void => reject(transaction.error ?? new Error("The transaction was aborted."));
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("error", fail);
    transaction.addEventListener("abort", fail);
    change(transaction.objectStore(store));
  });
}
