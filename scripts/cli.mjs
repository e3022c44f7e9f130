// How a command reads its options and ends. Node's built-in modules only: some commands run before anything is installed.
import { parseArgs } from "node:util";

/** Thrown if a command is called with wrong arguments; its usage is printed. */
export class UsageError extends Error {}

const isUsageError = (error) =>
  error instanceof UsageError || String(error.code).startsWith("ERR_PARSE_ARGS");

function parse(options, names) {
  const { values, positionals } = parseArgs({
    options: { ...options, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const isVariadic = names.at(-1)?.endsWith("...");
  if (values.help || isVariadic || positionals.length <= names.length) return { values, positionals };
  throw new UsageError(`Unexpected argument: ${positionals[names.length]}`);
}

/**
 * Runs a command. --help prints its usage; an unknown option or argument is refused before anything happens (exit code 2).
 * `main` takes the values and the positional arguments, at most as many as `positionals` names (any number if the last name ends
 * with "..."), and may return an exit code.
 */
export async function runCommand({ usage, options = {}, positionals = [] }, main) {
  try {
    const parsed = parse(options, positionals);
    if (parsed.values.help) console.log(usage);
    else process.exitCode = (await main(parsed)) ?? 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // parseArgs adds advice that does not fit every command.
    console.error(error.message.split(" To specify a positional", 1)[0]);
    if (isUsageError(error)) console.error(`\n${usage}`);
    process.exitCode = isUsageError(error) ? 2 : 1;
  }
}

/** The environment that --env names, "staging" or "production"; undefined without the option. */
export function readEnvironment(env) {
  if (env === undefined || env === "staging" || env === "production") return env;
  throw new UsageError(`Unknown environment: ${env}. Use staging or production.`);
}
