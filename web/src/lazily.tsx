// Components whose code is loaded when they are first shown. Unlike those of React.lazy, one that could not be loaded is loaded again by
// showing it again.
import { use, type ComponentType } from "react";
import { importNamed } from "./import-named.ts";

const failed = new Set<() => void>();

/**
 * Lets everything that failed to load be loaded again. To be called once a failure is on the screen: if it were forgotten at once, React would
 * load without end what it draws again.
 */
export function forgetFailures(): void {
  for (const forget of failed) forget();
  failed.clear();
}

/** A component by the import of its module. It suspends until it is loaded, and throws NotLoaded. `preload` loads it earlier. */
export const lazily = <P extends object>(load: () => Promise<{ default: ComponentType<P> }>) =>
  lazilyOf(load, "default");

/** As `lazily`, of the component that the module exports by this name. */
export function lazilyOf<K extends string, P extends object>(
  load: () => Promise<Record<K, ComponentType<P>>>,
  name: K,
) {
  let loading: Promise<ComponentType<P>> | undefined;
  let loaded: ComponentType<P> | undefined;
  const forget = (): void => {
    loading = undefined;
  };
  const start = (): Promise<ComponentType<P>> =>
    importNamed(load, name).then(
      (component) => (loaded = component),
      (error: unknown) => {
        failed.add(forget);
        throw error;
      },
    );
  function Lazily(props: P) {
    const Component = loaded ?? use((loading ??= start()));
    return <Component {...props} />;
  }
  const preload = (): Promise<void> | undefined => {
    if (loaded) return undefined;
    if (failed.delete(forget)) forget();
    loading ??= start();
    // A failure is thrown where the component is shown.
    return loading.then(
      () => {},
      () => {},
    );
  };
  return Object.assign(Lazily, { preload });
}
