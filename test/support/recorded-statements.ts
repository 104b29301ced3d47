import pg from 'pg';

/** What the connection that hears of changes asks now and then, and when it had to be made again: at any time, whatever is recorded. */
const OF_THE_LISTENER: ReadonlySet<string> = new Set(['SELECT 1', 'LISTEN portolan_cluster']);

/** Runs the work and returns the text of every statement that went over any `pg` connection meanwhile, COPY included; without those of the connection that listens. */
export async function recordStatements(work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements: string[] = [];
  const original = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown;
  const spy = function (this: pg.Client, ...args: unknown[]): unknown {
    statements.push(textOf(args[0]));
    return Reflect.apply(original, this, args);
  };
  Object.assign(pg.Client.prototype, { query: spy });
  try {
    await work();
  } finally {
    Object.assign(pg.Client.prototype, { query: original });
  }
  return statements.filter((statement) => !OF_THE_LISTENER.has(statement));
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '?';
}
