// Announces the removal of operations and query parameters: Deprecation (RFC 9745), Sunset (RFC 8594) and a link to the successor.
// CHANGELOG.md has the policy.
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { App } from "./app-context.ts";

const deprecation = z.object({
  parameter: z.string().optional(),
  since: z.iso.date(),
  sunset: z.iso.date(),
  successor: z.string(),
});

/**
 * What will be removed, an operation or a query parameter of it, and the path of the operation to use instead. Days are `YYYY-MM-DD`
 * in UTC.
 */
export type Deprecation = z.infer<typeof deprecation>;

const MIN_NOTICE_MS = 180 * 86_400_000;

const msOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** @throws Error if a day is not a date, or if the notice is shorter than the policy promises */
function requireNotice({ since, sunset }: Deprecation): void {
  if (!(msOf(sunset) - msOf(since) >= MIN_NOTICE_MS))
    throw new Error(`What is deprecated on ${since} cannot be removed on ${sunset}: give 180 days notice.`);
}

const earliest = (days: string[]): number => Math.min(...days.map(msOf));

/** Sets the headers of the deprecations that apply to a request: that of the operation, and those of the parameters it has. */
export function announce(deprecations: readonly Deprecation[]): MiddlewareHandler<App>[] {
  for (const each of deprecations) requireNotice(each);
  return [
    async (c, next) => {
      await next();
      const applying = deprecations.filter(
        ({ parameter }) => parameter === undefined || c.req.query(parameter) !== undefined,
      );
      if (applying.length === 0) return;
      c.header("Deprecation", `@${earliest(applying.map(({ since }) => since)) / 1000}`);
      c.header("Sunset", new Date(earliest(applying.map(({ sunset }) => sunset))).toUTCString());
      for (const { successor } of applying)
        c.header("Link", `<${successor}>; rel="successor-version"`, { append: true });
    },
  ];
}

const textOf = ({ since, sunset, successor }: Deprecation): string =>
  `**Deprecated** since ${since}; may be removed on ${sunset}. Use ${successor} instead.`;

/** The text of an operation that is deprecated as a whole; undefined for others. */
export function deprecationText(deprecations: readonly Deprecation[]): string | undefined {
  const whole = deprecations.find(({ parameter }) => parameter === undefined);
  return whole && textOf(whole);
}

type Header = { description: string; schema: { type: "string" } };

const text = { type: "string" as const };

/** The headers that responses of an operation with deprecations may have. */
export const deprecationHeaders = (deprecations: readonly Deprecation[]): Record<string, Header> =>
  deprecations.length === 0
    ? {}
    : {
        Deprecation: { description: "The day since when, as `@` and Unix seconds (RFC 9745)", schema: text },
        Sunset: { description: "The day from which it may be removed (RFC 8594)", schema: text },
        Link: { description: "What to use instead, with rel=successor-version", schema: text },
      };

const deprecatedOperation = z.object({ "x-deprecations": z.array(deprecation).default([]) });

/** A parameter of a generated operation, marked if it is deprecated. */
export function markParameter<P extends Record<string, unknown>>(operation: unknown, parameter: P): P {
  const { "x-deprecations": deprecations } = deprecatedOperation.parse(operation);
  const found = deprecations.find(
    (each) => parameter["in"] === "query" && each.parameter === parameter["name"],
  );
  if (!found) return parameter;
  const description = [textOf(found), parameter["description"]].filter(Boolean).join(" ");
  return { ...parameter, deprecated: true, description };
}
