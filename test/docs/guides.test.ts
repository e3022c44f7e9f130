import { describe, expect, it } from "vitest";
import operate from "../../docs/guides/operate.md?raw";
import webhooks from "../../docs/guides/webhooks.md?raw";
import { EVENT_TYPES } from "../../src/events/schema.ts";
import { Health } from "../../src/health/health.ts";

const codesOf = (page: string): Set<string | undefined> =>
  new Set([...page.matchAll(/`([a-z_.]+)`/g)].map(([, code]) => code));

describe("the guide to webhooks", () => {
  it("names every type of event", () => {
    expect(EVENT_TYPES.filter((type) => !codesOf(webhooks).has(type))).toEqual([]);
  });
});

describe("the guide to operating", () => {
  it("names every job that the health check reports", () => {
    const jobs = Object.keys(Health.shape.jobs.shape);
    expect(jobs.length).toBeGreaterThan(0);
    expect(jobs.filter((job) => !codesOf(operate).has(job))).toEqual([]);
  });
});
