/** An amount in minor units as `EUR 1,253.20`. */
export function amountOf(minor: number, currency: string): string;
/** The report of a dry run as lines. */
export function reportLines(report: object): string[];
/** A question that the file leaves open, and the options that answer it. */
export function ambiguityLines(problem: object): string[];
/** The columns of a file that lacks some, what is known of them, and how to name the others. */
export function missingColumnLines(problem: object): string[];
/** How an import ended. */
export function importLines(end: object): string[];
/** How an undo ended; `retained` is the CSV of what remains. */
export function undoLines(end: object, retained: string): string[];
