// Bindings that fail.

/** A database whose methods throw this error, or with `late` only its statements. */
export function brokenDb(error: Error, late = false): D1Database {
  const fail = (): never => {
    throw error;
  };
  const statements = { prepare: fail, batch: fail, exec: fail, dump: fail, getBookmark: () => null };
  return { ...statements, withSession: late ? () => statements : fail };
}

/** The same database with hooks before a batch is sent, and after its commit but before its caller gets the results. */
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

/** The same database, where the `nth` statement or batch (from 1) fails instead of being sent. */
export function failingDb(db: D1Database, nth: number, error: Error): { db: D1Database; sent: () => number } {
  let sent = 0;
  const count = (): void => {
    sent += 1;
    if (sent === nth) throw error;
  };
  const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (name === "bind") return (...values: unknown[]) => counted(target.bind(...values));
        return async (...given: unknown[]): Promise<unknown> => {
          count();
          return Reflect.apply(member, target, given);
        };
      },
    });
    real.set(wrapped, statement);
    return wrapped;
  };
  const failing = (session: D1DatabaseSession): D1DatabaseSession => ({
    prepare: (query) => counted(session.prepare(query)),
    batch: async (statements) => {
      count();
      return session.batch(statements.map((each) => real.get(each) ?? each));
    },
    getBookmark: () => session.getBookmark(),
  });
  const withSession = (start?: string) => failing(db.withSession(start));
  return { db: Object.assign(brokenDb(error), { withSession }), sent: () => sent };
}

/** A binding whose methods all reject. */
export const rejectingBinding = <T extends object>(binding: T, error: Error): T =>
  new Proxy(binding, { get: () => () => Promise.reject(error) });

/** A namespace whose objects cannot be reached. */
export const unreachable = <T extends object>(namespace: T, error: Error): T =>
  new Proxy(namespace, {
    get: (all, name) => {
      if (name === "get")
        return () => {
          throw error;
        };
      const member: unknown = Reflect.get(all, name);
      return typeof member === "function" ? member.bind(all) : member;
    },
  });
