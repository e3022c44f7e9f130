import { describe, expect, it } from "vitest";
import apiKeys from "../../docs/guides/api-keys.md?raw";
import mails from "../../docs/guides/mails.md?raw";
import operate from "../../docs/guides/operate.md?raw";
import webhooks from "../../docs/guides/webhooks.md?raw";
import { NewApiKey } from "../../src/api-keys/schema.ts";
import { isRequested, MAIL_KINDS } from "../../src/mail/schema.ts";
import { EVENT_TYPES } from "../../src/events/schema.ts";
import { SCOPES } from "../../src/platform/scopes.ts";
import { Health } from "../../src/health/health.ts";

const codesOf = (page: string): Set<string | undefined> =>
  new Set([...page.matchAll(/`([a-z_.]+)`/g)].map(([, code]) => code));

describe("the guide to API keys", () => {
  it("names every scope once", () => {
    const rows = apiKeys.split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((row) => [...row.matchAll(/`([a-z]+:[a-z]+)`/g)].map(([, scope]) => scope));
    expect(named).toEqual([...SCOPES]);
  });

  it("has examples that are accepted", () => {
    const examples = [...apiKeys.matchAll(/```json\n(.*?)```/gs)].map(([, json = ""]) => JSON.parse(json));
    expect(examples.map((example) => NewApiKey.safeParse(example).error)).toEqual([undefined, undefined]);
  });
});

describe("the guide to webhooks", () => {
  it("names every type of event", () => {
    expect(EVENT_TYPES.filter((type) => !codesOf(webhooks).has(type))).toEqual([]);
  });
});

describe("the guide to mails", () => {
  it("lists every kind of mail", () => {
    const listed = [...mails.matchAll(/^\| `([a-z_.]+)`/gm)].map(([, kind]) => kind);
    expect(new Set(listed)).toEqual(new Set(MAIL_KINDS));
    expect(listed).toHaveLength(MAIL_KINDS.length);
  });

  it("names what is sent to an address that bounced", () => {
    const [, names] = /still tried: (.*?)\. The mark/s.exec(mails) ?? [];
    const named = [...(names ?? "").matchAll(/`([a-z_.]+)`/g)].map(([, kind]) => kind);
    expect(new Set(named)).toEqual(new Set(MAIL_KINDS.filter(isRequested)));
  });
});

describe("the guide to operating", () => {
  it("names every job that the health check reports", () => {
    const jobs = Object.keys(Health.shape.jobs.shape);
    expect(jobs.length).toBeGreaterThan(0);
    expect(jobs.filter((job) => !codesOf(operate).has(job))).toEqual([]);
  });
});
