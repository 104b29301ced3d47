import { ASKS_NOTHING, type SideRule } from './side-rule.js';

/** What something asks of requests beside host and path. */
export type Asked = Pick<SideRule, 'asks' | 'asksMore'>;

export const NOTHING: Asked = { asks: ASKS_NOTHING, asksMore: false };

/** All that several ask. */
export function together(all: readonly Asked[]): Asked {
  return {
    asks: {
      methods: all.flatMap(({ asks }) => asks.methods),
      headers: all.flatMap(({ asks }) => asks.headers),
      query: all.flatMap(({ asks }) => asks.query),
      addresses: all.flatMap(({ asks }) => asks.addresses),
    },
    asksMore: all.some((one) => one.asksMore),
  };
}

/** Of so many origins one is tried each: they are a sample in any case. */
const MOST_ORIGINS = 20;

/** Who may read answers from another origin, and OPTIONS: not every origin is tried. */
export function corsAsked(allowed: readonly string[]): Asked {
  const origins = allowed.slice(0, MOST_ORIGINS).map((origin) => (origin === '*' ? 'https://witness.org' : origin.replace('*', 'witness')));
  const headers = [...origins.map((origin) => ['Origin', origin] as const), ['Access-Control-Request-Method', 'GET'] as const];
  return { asks: { ...ASKS_NOTHING, methods: ['OPTIONS'], headers }, asksMore: true };
}
