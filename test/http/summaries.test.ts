import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/openapi.ts";

// What a summary may begin with. A new verb is added here on purpose, so that "My account" or "The sales" cannot return.
const VERBS = new Set(
  "Accept Add Build Buy Cancel Change Check Choose Close Confirm Correct Create Delete Deny Download Empty End Erase Exchange Get Give Hide Import Invite Join List Merge Open Pay Rank Rebuild Receive Recommend Record Refund Register Remove Replace Request Revoke Search Sell Send Set Sign Start Suggest Summarise Undo Upload Void Withdraw".split(
    " ",
  ),
);

const summaries = Object.values(openApiDocument.paths ?? {}).flatMap((operations) =>
  Object.values(operations).map((operation) => String(operation.summary)),
);

describe("the summary of an operation", () => {
  it("starts with a verb", () => {
    expect(summaries.filter((summary) => !VERBS.has(summary.split(/\W/, 1)[0] ?? ""))).toEqual([]);
  });

  it("is unique", () => {
    expect(summaries.filter((summary, index) => summaries.indexOf(summary) !== index)).toEqual([]);
  });
});
