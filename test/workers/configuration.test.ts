// The code repeats some values of wrangler.toml. They must agree in each environment, as wrangler resolves it.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { countAddress } from "../../src/quota/address.ts";
import { MAX_IMPORT_ATTEMPTS } from "../../workers/queue.ts";
import { CRONS } from "../../workers/scheduled.ts";

const consumerShape = z.object({
  queue: z.string(),
  max_batch_size: z.number(),
  max_batch_timeout: z.number(),
  max_retries: z.number(),
  retry_delay: z.number(),
  dead_letter_queue: z.string().optional(),
});

const deploymentShape = z.object({
  triggers: z.object({ crons: z.array(z.string()) }),
  queues: z.object({
    producers: z.array(z.object({ binding: z.string(), queue: z.string() })),
    consumers: z.array(consumerShape),
  }),
  ratelimits: z.array(
    z.object({
      name: z.string(),
      namespace_id: z.string(),
      simple: z.object({ limit: z.number(), period: z.number() }),
    }),
  ),
  vars: z.record(z.string(), z.string()),
});

type Deployment = z.infer<typeof deploymentShape>;

const deployments = z
  .object({ local: deploymentShape, staging: deploymentShape, production: deploymentShape })
  .parse(env.DEPLOYMENTS);
const { local } = deployments;
const all = Object.entries(deployments);

/** The environment's queues, named as in the local environment. */
function localNames(name: string, { queues }: Deployment) {
  const prefix = name === "local" ? "mostrador-" : `mostrador-${name}-`;
  const short = (queue: string): string => {
    expect(queue.startsWith(prefix), queue).toBe(true);
    return queue.slice(prefix.length);
  };
  return {
    producers: queues.producers.map((each) => ({ ...each, queue: short(each.queue) })),
    consumers: queues.consumers.map(({ dead_letter_queue, ...each }) => ({
      ...each,
      queue: short(each.queue),
      dead_letter_queue: dead_letter_queue === undefined ? null : short(dead_letter_queue),
    })),
  };
}

describe.each(all)("the configuration of %s", (name, deployment) => {
  it("has the crons that npm run dev fires and workers/scheduled.ts has jobs for", () => {
    expect(deployment.triggers.crons).toEqual(env.LOCAL_CRONS);
    expect(deployment.triggers.crons.toSorted()).toEqual(CRONS.toSorted());
    expect(deployment.triggers.crons.length).toBeGreaterThan(0);
  });

  it("has the queues of workers/queue.ts, each with a consumer", () => {
    const { producers, consumers } = localNames(name, deployment);
    expect(producers).toEqual([
      { binding: "IMPORTS", queue: "imports" },
      { binding: "ROLLUPS", queue: "rollups" },
      { binding: "EVENTS", queue: "events" },
      { binding: "LAKE_JOBS", queue: "lake" },
      { binding: "WEBHOOKS", queue: "webhooks" },
      { binding: "MAILS", queue: "mails" },
      { binding: "SWEEPS", queue: "sweeps" },
    ]);
    const names = consumers.map(({ queue }) => queue);
    expect(names.toSorted()).toEqual([...producers.map(({ queue }) => queue), "events-dead"].toSorted());
    expect(localNames(name, deployment)).toEqual(localNames("local", local));
  });

  it("retries an import as often as the consumer counts attempts", () => {
    const { consumers } = localNames(name, deployment);
    expect(consumers.find(({ queue }) => queue === "imports")?.max_retries).toBe(MAX_IMPORT_ATTEMPTS - 1);
  });

  it("delivers one message per batch to consumers that handle one message, and to webhooks no more than an invocation has connections", () => {
    const batched = localNames(name, deployment).consumers.filter(({ max_batch_size }) => max_batch_size > 1);
    expect(batched.map(({ queue }) => queue)).toEqual(["events", "events-dead", "webhooks"]);
    expect(batched.find(({ queue }) => queue === "webhooks")?.max_batch_size).toBeLessThan(6);
  });

  it("moves an event that fails four times to the queue of dead letters", () => {
    const events = localNames(name, deployment).consumers.find(({ queue }) => queue === "events");
    expect(events).toMatchObject({ max_retries: 3, dead_letter_queue: "events-dead" });
  });

  it("allows an address the units per minute into which src/quota/address.ts divides its quota", async () => {
    const [limit] = deployment.ratelimits;
    expect([deployment.ratelimits.length, limit?.name, limit?.simple.period]).toEqual([
      1,
      "ADDRESS_LIMIT",
      60,
    ]);
    const units = limit?.simple.limit ?? 0;
    const quota = Number(deployment.vars["QUOTA_PER_ADDRESS"]);
    expect(quota % units).toBe(0);
    const count = vi.fn<RateLimit["limit"]>().mockResolvedValue({ success: true });
    const changed = { ...env, QUOTA_PER_ADDRESS: String(quota), ADDRESS_LIMIT: { limit: count } };
    for (let request = 0; request < (3 * quota) / units; request += 1)
      await countAddress(changed, `198.51.100.${all.findIndex(([each]) => each === name)}`);
    expect(count).toHaveBeenCalledTimes(3);
  });

  it("sets the variables that the local environment sets", () => {
    expect(Object.keys(deployment.vars).toSorted()).toEqual(Object.keys(local.vars).toSorted());
  });

  it("is closed to new shops unless it is local", () => {
    expect(deployment.vars["SIGNUP"]).toBe(name === "local" ? "open" : "closed");
  });
});

it("counts the addresses of each environment in a separate namespace", () => {
  const ids = all.map(([, { ratelimits }]) => ratelimits[0]?.namespace_id);
  expect(new Set(ids).size).toBe(all.length);
});
