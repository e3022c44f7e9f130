// Components whose code is loaded when they are first shown. Unlike those of React.lazy, one that could not be loaded is loaded again by
// showing it again.
import { use, type ComponentType } from "react";

const failed = new Set<() => void>();
// How often something that failed was tried again.
let round = 0;

/** The code of a part of the app did not arrive, for lack of a network or because the server has another version by now. */
export class NotLoaded extends Error {
  override readonly name = "NotLoaded";
}

/**
 * Lets everything that failed to load be loaded again. To be called once a failure is on the screen: if it were forgotten at once, React would
 * load without end what it draws again.
 */
export function forgetFailures(): void {
  for (const forget of failed) forget();
  failed.clear();
  round += 1;
}

/**
 * Imports a module. Browsers may keep a failed import for as long as the page lives, so that one that is tried again is fetched under
 * another address, which the messages of Chromium and Firefox say.
 */
async function importModule<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (error) {
    const [address] = /https?:\S+/.exec(String(error)) ?? [];
    if (round === 0 || address === undefined) throw error;
    return import(/* @vite-ignore */ `${address}?${round}`);
  }
}

/** A component by the import of its module. It suspends until it is loaded, and throws NotLoaded. `preload` loads it earlier. */
export const lazily = <P extends object>(load: () => Promise<{ default: ComponentType<P> }>) =>
  lazilyOf(load, (module) => module.default);

/** As `lazily`, of a component that is not the default export. */
export function lazilyOf<M, P extends object>(load: () => Promise<M>, pick: (module: M) => ComponentType<P>) {
  let loading: Promise<ComponentType<P>> | undefined;
  let loaded: ComponentType<P> | undefined;
  const forget = (): void => {
    loading = undefined;
  };
  const start = (): Promise<ComponentType<P>> =>
    importModule(load).then(
      (module) => (loaded = pick(module)),
      (cause: unknown) => {
        failed.add(forget);
        throw new NotLoaded("The code of a part of the app could not be loaded.", { cause });
      },
    );
  function Lazily(props: P) {
    const Component = loaded ?? use((loading ??= start()));
    return <Component {...props} />;
  }
  const preload = (): Promise<void> | undefined => {
    if (loaded) return undefined;
    if (failed.delete(forget)) {
      forget();
      round += 1;
    }
    loading ??= start();
    // A failure is thrown where the component is shown.
    return loading.then(
      () => {},
      () => {},
    );
  };
  return Object.assign(Lazily, { preload });
}
