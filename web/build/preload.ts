// Saves round trips before the first screen: the page runs the start before the rest of the entry has arrived, and loads the screen of most
// visits beside the entry; somebody who has to sign in has it when they are done. fetchpriority keeps the screen behind the entry.
import type { Plugin, Rolldown } from "vite";
import { START } from "./chunks.ts";

const SCREEN = "/screens/dashboard/dashboard.tsx";

type Chunk = Rolldown.OutputChunk;

/** Adds the start and preloads of the first screen to the page. */
export const preload = (): Plugin => ({
  name: "preload",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) => {
      const chunks = Object.values(bundle).filter((file): file is Chunk => file.type === "chunk");
      const filesOf = (chunk: Chunk | undefined, found = new Set<string>()): Set<string> => {
        if (!chunk || found.has(chunk.fileName)) return found;
        found.add(chunk.fileName);
        for (const next of chunk.imports)
          filesOf(
            chunks.find(({ fileName }) => fileName === next),
            found,
          );
        return found;
      };
      const chunkOf = (path: string): Chunk => {
        const found = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(path)));
        if (!found) throw new Error(`No chunk has ${path}.`);
        return found;
      };
      const entry = filesOf(chunks.find(({ isEntry }) => isEntry));
      return [
        {
          tag: "script",
          attrs: { type: "module", crossorigin: true, src: `/${chunkOf(START).fileName}` },
          injectTo: "head-prepend",
        },
        ...[...filesOf(chunkOf(SCREEN)).difference(entry)].map((file) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, fetchpriority: "low", href: `/${file}` },
          injectTo: "head" as const,
        })),
      ];
    },
  },
});
