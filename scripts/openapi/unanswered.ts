// npm test: lists the problems that an operation declares and no test has answered. Those that it shares with others are left out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { withoutReferences } from "./references.ts";
import { readAnsweredProblems } from "./answered-problems.ts";

const response = z.looseObject({
  description: z.string(),
  content: z.record(z.string(), z.unknown()).optional(),
});
const operation = z.looseObject({ operationId: z.string(), responses: z.record(z.string(), response) });
const paths = z.record(z.string(), z.record(z.string(), operation));

const document = z
  .looseObject({ paths: z.unknown(), components: z.unknown() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../openapi.json"), "utf8")));
const operations = Object.values(
  paths.parse(withoutReferences(document.paths, document.components, ["responses"])),
).flatMap((methods) => Object.values(methods));

/** The problems that a response lists in its description. */
const slugsOf = ({ description, content = {} }: z.infer<typeof response>): string[] =>
  "application/problem+json" in content ? description.split(", ") : [];

const declared = operations.flatMap(({ operationId, responses }) => {
  const shared = Object.entries(responses).flatMap(([status, each]) =>
    status.endsWith("XX") ? slugsOf(each) : [],
  );
  const slugs = Object.values(responses).flatMap(slugsOf);
  return [...new Set(slugs)].filter((slug) => !shared.includes(slug)).map((slug) => `${operationId} ${slug}`);
});

const answered = readAnsweredProblems();
const unanswered = declared.filter((each) => !answered.has(each));
console.log(
  `${declared.length - unanswered.length} of ${declared.length} problems that single operations declare were answered in a test. Not these:`,
);
for (const each of unanswered) console.log(`  ${each}`);
