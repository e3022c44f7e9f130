/** The cron expressions of the local environment. */
export function readCrons(): string[];
