// A vitest plugin that transforms the Worker's modules while the runtime starts. The Worker then receives them in one response instead
// of requesting some five hundred modules one after another.
import { createMethodsRPC, type TestProject, type Vite } from "vitest/node";

const ENVIRONMENT = "ssr";

/** Transforms the module at `url` (from the root, as Vite writes it into imports) and all that it imports. */
async function transform(project: TestProject, url: string): Promise<void> {
  const { fetch } = createMethodsRPC(project);
  const graph = project.vite.environments[ENVIRONMENT]?.moduleGraph;
  const seen = new Set<string>();
  const load = async (url: string): Promise<void> => {
    if (seen.has(url)) return;
    seen.add(url);
    // The runtime's modules, such as cloudflare:workers, have no source. Any other error is reported when the Worker imports the module.
    const fetched = await fetch(url, undefined, ENVIRONMENT).catch(() => null);
    const module = fetched && "id" in fetched ? graph?.getModuleById(fetched.id) : undefined;
    await Promise.all(Array.from(module?.importedModules ?? [], (each) => load(each.url)));
  };
  await load(url);
}

/** Transforms the entry while the pool starts. Goes after the plugin that sets the pool. */
export const prewarm = (entry: string): Vite.Plugin => ({
  name: "mostrador:prewarm",
  configureVitest({ project }) {
    const pool = project.config.poolRunner;
    if (!pool) throw new Error("The plugin prewarm follows the plugin that sets the pool.");
    project.config.poolRunner = {
      name: pool.name,
      createPoolWorker: (options) => {
        const worker = pool.createPoolWorker(options);
        const start = worker.start.bind(worker);
        worker.start = async () => {
          await Promise.all([start(), transform(project, entry)]);
        };
        return worker;
      },
    };
  },
});
