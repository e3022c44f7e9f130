/** The Content-Type of a file by its name, and whether it is gzip. @throws UsageError */
export function formatOf(file: string): { type: string; isGzip: boolean; isSheet: boolean };
type Shop = { url: string; shop?: string; email?: string; isDemo: boolean };

/** What the command is to do: undo the import `undo`, or import `file`. @throws UsageError */
export function readArguments(parsed: {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
}): {
  shop: Shop;
  undo?: string;
  file: string;
  format: ReturnType<typeof formatOf>;
  kind: "sales" | "products";
  dryRun: boolean;
  yes: boolean;
  answers: Record<string, string | undefined>;
};
