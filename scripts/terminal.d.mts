/** Returns a function that shows progress: a share from 0 to 1, and a text. */
export function showProgress(): (share: number, label: string, isEnd?: boolean) => void;

/** Asks for a password without showing it. */
export function askPassword(question: string): Promise<string>;
