// A vitest plugin that transforms the Worker's modules while the runtime starts. The Worker then receives them in one response instead
// of requesting some five hundred modules one after another.
import { createMethodsRPC, type Vite } from "vitest/node";

/** Transforms `entry` and all that it imports while the pool starts. Goes after the plugin that sets the pool. */
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
          await Promise.all([start(), createMethodsRPC(project).prewarmModuleGraph("ssr", [entry])]);
        };
        return worker;
      },
    };
  },
});
