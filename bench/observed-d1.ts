// Watches what the app sends to D1 and receives from it.

export type Statement = { sql: string; params: unknown[] };

/** Called for each round trip, before it and after it. */
export type Observer = {
  sent?: (statements: Statement[]) => void;
  received?: (results: D1Result[]) => void;
};

export function observeSession(session: D1DatabaseSession, observer: Observer): D1DatabaseSession {
  const prepared = new Map<D1PreparedStatement, { statement: Statement; original: D1PreparedStatement }>();
  const prepare = (sql: string): D1PreparedStatement =>
    replaceMethods(session.prepare(sql), {
      bind: (...params: unknown[]) => {
        const statement = { sql, params };
        const original = session.prepare(sql).bind(...params);
        const send = async () => {
          observer.sent?.([statement]);
          const result = await original.all();
          observer.received?.([result]);
          return result;
        };
        const bound = replaceMethods(original, { all: send, run: send });
        prepared.set(bound, { statement, original });
        return bound;
      },
    });
  const batch = async (list: D1PreparedStatement[]): Promise<D1Result[]> => {
    const sent = list.flatMap((each) => prepared.get(each) ?? []);
    observer.sent?.(sent.map(({ statement }) => statement));
    const results = await session.batch(sent.map(({ original }) => original));
    observer.received?.(results);
    return results;
  };
  return replaceMethods(session, { prepare, batch });
}

/** `target` with other implementations of some methods. */
export const replaceMethods = <T extends object>(
  target: T,
  methods: Record<string, (...args: never[]) => unknown>,
): T =>
  new Proxy(target, {
    get: (_, name) => {
      if (name in methods) return Reflect.get(methods, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
