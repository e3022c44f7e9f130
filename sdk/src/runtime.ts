// What not every runtime has.
import type { UploadContent } from "./types.ts";

/** What XMLHttpRequest can send. */
export type XhrContent = Exclude<UploadContent, ReadableStream<Uint8Array>>;

export type Xhr = {
  open: (method: string, url: string) => void;
  setRequestHeader: (name: string, value: string) => void;
  getAllResponseHeaders: () => string;
  send: (body: XhrContent) => void;
  abort: () => void;
  withCredentials: boolean;
  responseType: string;
  readonly response: unknown;
  readonly status: number;
  readonly upload: {
    addEventListener: (
      type: "progress",
      listener: (event: { loaded: number; total: number }) => void,
    ) => void;
  };
  addEventListener: (type: "load" | "error" | "abort", listener: () => void) => void;
};

type Globals = {
  XMLHttpRequest: new () => Xhr;
  document: { cookie: string };
  localStorage: { getItem: (name: string) => string | null; setItem: (name: string, value: string) => void };
  location: { origin: string };
  navigator: { locks?: { request: <T>(name: string, work: () => Promise<T>) => Promise<T> } };
};

/** A global object; undefined in a runtime without it. */
export function globalNamed<Name extends keyof Globals>(name: Name): Globals[Name] | undefined {
  const key: string = name;
  return Reflect.get(globalThis, key);
}
