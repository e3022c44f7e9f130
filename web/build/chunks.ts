// Few files, because each costs a round trip and is compressed alone: the start, the rest of the entry, and what most screens share. The
// remaining chunks are as the bundler makes them, so that no screen loads much of another.
import { join } from "node:path";
import type { Rolldown } from "vite";

/** The module that the page runs before the rest of the entry has arrived. */
export const START = join(import.meta.dirname, "../src/start.ts");

const SHARED_BY = 18;

type Group = Rolldown.CodeSplittingGroup;
type Graph = { getModuleInfo: (id: string) => { importedIds: readonly string[] } | null };

/** A module and all that it imports, but not what it imports later. */
function importsOf(module: string, graph: Graph, found = new Set<string>()): Set<string> {
  if (found.has(module)) return found;
  found.add(module);
  for (const next of graph.getModuleInfo(module)?.importedIds ?? []) importsOf(next, graph, found);
  return found;
}

export const chunks: Group[] = [
  {
    debugName: "start",
    name: (id, graph) => (importsOf(START, graph).has(id) ? "start" : null),
    tags: ["$initial"],
    priority: 3,
  },
  { name: "entry", tags: ["$initial"], priority: 2 },
  { name: "shared", minShareCount: SHARED_BY, priority: 1 },
];
