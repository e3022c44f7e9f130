// Times as a clock in the shop shows them.

const TIME_FORMAT = /^([01]?\d|2[0-3])[:.]([0-5]\d)$/;

/** The day and the time of an instant in a time zone. */
export function localOf(instant: string | Date, timezone: string): { day: string; time: string } {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const of = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? "";
  return { day: `${of("year")}-${of("month")}-${of("day")}`, time: `${of("hour")}:${of("minute")}` };
}

/** The instant of a day and a time such as "9:30" in a time zone; null if that is no time. A time that a change of the clock skips is moved by the change. */
export function instantOf(day: string, time: string, timezone: string): Date | null {
  const [, hour, minute] = TIME_FORMAT.exec(time.trim()) ?? [];
  if (hour === undefined) return null;
  const wanted = Date.parse(`${day}T${hour.padStart(2, "0")}:${minute}:00Z`);
  let instant = wanted;
  // The offset at the first guess may be that of the other side of a change of the clock.
  for (let round = 0; round < 2; round++) {
    const local = localOf(new Date(instant), timezone);
    instant += wanted - Date.parse(`${local.day}T${local.time}:00Z`);
  }
  return new Date(instant);
}
