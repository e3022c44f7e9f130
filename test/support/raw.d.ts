// What Vite adds to modules: the text of a file whose name ends in `?raw`, and the modules that match a pattern.
declare module "*?raw" {
  const text: string;
  export default text;
}

interface ImportMeta {
  glob: <T = () => Promise<unknown>>(
    patterns: string[],
    options?: { query: string; import: string; eager: true },
  ) => Record<string, T>;
}
