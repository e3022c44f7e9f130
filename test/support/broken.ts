// Databases that fail, to see what the Worker makes of it.

/** A D1 of which every method throws this error, or, with `late`, whose statements do. */
export function brokenDb(error: Error, late = false): D1Database {
  const fail = (): never => {
    throw error;
  };
  const statements = { prepare: fail, batch: fail, exec: fail, dump: fail, getBookmark: () => null };
  return { ...statements, withSession: late ? () => statements : fail };
}

/** The same database, with something done before a batch is sent, or after its commit and before its caller hears of it. */
export function tappedDb(
  db: D1Database,
  { before, after }: { before?: () => unknown; after?: () => unknown },
): D1Database {
  const tapped = (session: D1DatabaseSession): D1DatabaseSession => ({
    prepare: (query) => session.prepare(query),
    batch: async <T>(statements: D1PreparedStatement[]) => {
      await before?.();
      const results = await session.batch<T>(statements);
      await after?.();
      return results;
    },
    getBookmark: () => session.getBookmark(),
  });
  return {
    prepare: (query) => db.prepare(query),
    batch: (statements) => db.batch(statements),
    exec: (query) => db.exec(query),
    dump: () => db.dump(),
    withSession: (start) => tapped(db.withSession(start)),
  };
}
