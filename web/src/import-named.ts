/** The code of a part of the app did not arrive, for lack of a network or because the server has another version by now. */
export class NotLoaded extends Error {
  override readonly name = "NotLoaded";

  constructor(cause: unknown) {
    super("The code of a part of the app could not be loaded.", { cause });
  }
}

// How often the module at an address could not be imported.
const failures = new Map<string, number>();

/**
 * Imports what a module exports by this name. Throws NotLoaded. Browsers may keep a failed import for as long as the page lives, so that later
 * calls fetch the module under another address. Its own is in the messages of Chromium and Firefox.
 */
export async function importNamed<K extends string, M extends Record<K, unknown>>(
  load: () => Promise<M>,
  name: K,
): Promise<M[K]> {
  try {
    return (await load())[name];
  } catch (cause) {
    const [address = ""] = /https?:\S+/.exec(String(cause)) ?? [];
    const before = failures.get(address) ?? 0;
    failures.set(address, before + 1);
    if (address === "" || before === 0) throw new NotLoaded(cause);
    return importAgain(`${address}?${before}`, name);
  }
}

async function importAgain<T>(address: string, name: string): Promise<T> {
  try {
    const module = await import(/* @vite-ignore */ address);
    // What several parts share is exported by short names.
    if (name in module) return module[name];
  } catch (cause) {
    throw new NotLoaded(cause);
  }
  throw new NotLoaded(`${address} does not export ${name}.`);
}
