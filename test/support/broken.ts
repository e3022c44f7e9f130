// Databases that fail, to see what the Worker makes of it.

/** A D1 of which every method throws this error, or, with `late`, whose statements do. */
export function brokenDb(error: Error, late = false): D1Database {
  const fail = (): never => {
    throw error;
  };
  const statements = { prepare: fail, batch: fail, exec: fail, dump: fail, getBookmark: () => null };
  return { ...statements, withSession: late ? () => statements : fail };
}
