/** Whether there is a person to ask. */
export function hasTerminal(): boolean;

/** Asks a question on the terminal. Resolves to the answer without surrounding spaces, empty if there is none. */
export function ask(question: string): Promise<string>;

/** Asks for a password without showing it. */
export function askPassword(question: string): Promise<string>;

/** Returns a function that shows progress: a share from 0 to 1, and a text. */
export function showProgress(): (share: number, label: string, isEnd?: boolean) => void;

/** Returns a function that shows the progress of an import. */
export function showImport(): (state: {
  status: string;
  bytes_read: number;
  bytes_total: number;
  rows_read: number;
}) => void;

/** Formats rows as a text table, numbers aligned to the right. */
export function tableOf(names: string[], rows: (string | null)[][]): string;
