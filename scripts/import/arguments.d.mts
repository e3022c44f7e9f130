/** The Content-Type of a file by its name, and whether it is gzip. @throws UsageError */
export function formatOf(file: string): { type: string; isGzip: boolean; isSheet: boolean };
/** What the command is to do: undo the import `undo`, or import `file`. @throws UsageError */
export function readArguments(parsed: {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
}): Record<string, unknown>;
