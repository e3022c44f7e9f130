// Lets no test file begin in the last seconds of an hour, because the day of a shop could end between a sale and the figures of today: it is
// midnight somewhere at every hour.

const HOUR_MS = 3_600_000;
// Longer than nearly every file takes.
const FILE_MS = 30_000;

const remaining = HOUR_MS - (Date.now() % HOUR_MS);
if (remaining < FILE_MS) await scheduler.wait(remaining);
