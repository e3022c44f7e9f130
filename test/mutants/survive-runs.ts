// A vitest plugin that gives all runs of a process one Worker, instead of a new one for each run. Goes last.
import type { PoolWorker, Vite, WorkerResponse } from "vitest/node";

type Listener = Parameters<PoolWorker["on"]>[1];

const respond = (listener: Listener, type: "started" | "stopped"): void => {
  const response: WorkerResponse = { type, __vitest_worker_response__: true };
  setImmediate(() => listener(response));
};

/** A handle of the shared Worker for one run: its start and stop reach the Worker only the first time and never. */
function handleOf(worker: PoolWorker, state: { isStarted: boolean; isSetUp: boolean }): PoolWorker {
  let listener: Listener = () => {};
  return {
    name: worker.name,
    start: async () => {
      if (!state.isStarted) await worker.start();
      state.isStarted = true;
    },
    stop: async () => {},
    send: (message) => {
      if (message.type === "stop") respond(listener, "stopped");
      else if (message.type === "start" && state.isSetUp) respond(listener, "started");
      else {
        if (message.type === "start") state.isSetUp = true;
        worker.send(message);
      }
    },
    on: (event, callback) => {
      if (event === "message") listener = callback;
      worker.on(event, callback);
    },
    off: (event, callback) => worker.off(event, callback),
    deserialize: (data) => worker.deserialize(data),
  };
}

export const surviveRuns: Vite.Plugin = {
  name: "mostrador:survive-runs",
  configureVitest({ project }) {
    const pool = project.config.poolRunner;
    if (!pool) throw new Error("The plugin surviveRuns follows the plugin that sets the pool.");
    let worker: PoolWorker | undefined;
    const state = { isStarted: false, isSetUp: false };
    project.config.poolRunner = {
      name: pool.name,
      createPoolWorker: (options) => handleOf((worker ??= pool.createPoolWorker(options)), state),
    };
  },
};
