// How a command ends that could not do its work.

const isWrongUse = (error: Error): boolean =>
  error.message.startsWith("Name ") || ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));

/** Prints what failed, with the usage where it was called wrongly; the exit code is 1. */
export const failed =
  (usage: string) =>
  (error: unknown): void => {
    process.exitCode = 1;
    if (!(error instanceof Error)) throw error;
    console.error(error.message);
    if (isWrongUse(error)) console.error(`\n${usage}`);
  };
