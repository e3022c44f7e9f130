import type { parseArgs, ParseArgsOptionsConfig } from "node:util";

/** Thrown if a command is called with wrong arguments; its usage is printed. */
export class UsageError extends Error {}

/**
 * Runs a command. --help prints its usage; an unknown option or argument is refused before anything happens (exit code 2).
 * `main` takes the values and the positional arguments, at most as many as `positionals` names (any number if the last name ends
 * with "..."), and may return an exit code.
 */
export function runCommand<T extends ParseArgsOptionsConfig>(
  command: { usage: string; options?: T; positionals?: string[] },
  main: (parsed: {
    values: ReturnType<typeof parseArgs<{ options: T }>>["values"];
    positionals: string[];
  }) => Promise<number | void> | number | void,
): Promise<void>;

/** The environment that --env names, "staging" or "production"; undefined without the option. */
export function readEnvironment(env: string | undefined): "staging" | "production" | undefined;
