/** Runs `npm ci` in a folder of the project unless its node_modules matches its package-lock.json. */
export function ensureInstalled(folder?: string): Promise<void>;
