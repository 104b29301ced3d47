import { lastIp, parseCidr } from '../../../net/cidr.js';
import { addToIp, type Ip, parseIp } from '../../../net/ip.js';
import { ASKS_NOTHING, type SideRule } from './side-rule.js';

/** What something asks of requests beside host and path. */
export type Asked = Pick<SideRule, 'asks' | 'asksMore' | 'cors'>;

export const NOTHING: Asked = { asks: ASKS_NOTHING, asksMore: false, cors: [] };

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
    cors: all.flatMap((one) => one.cors),
  };
}

/** Of so many origins one is tried each. */
const MOST_ORIGINS = 20;

/** Who may read answers from another origin, and OPTIONS. `reading` is the whole of the setting, and who reads it. */
export function corsAsked(allowed: readonly string[], reading: string): Asked {
  const origins = allowed.slice(0, MOST_ORIGINS).map((origin) => (origin === '*' ? 'https://witness.org' : origin.replace('*', 'witness')));
  const headers = [...origins.map((origin) => ['Origin', origin] as const), ['Access-Control-Request-Method', 'GET'] as const];
  return { asks: { ...ASKS_NOTHING, methods: ['OPTIONS'], headers }, asksMore: allowed.length > MOST_ORIGINS, cors: [reading] };
}

/** An address in each range, and the next one behind it. */
export function addressesOf(ranges: readonly string[]): readonly Ip[] {
  return ranges.flatMap((text) => {
    const last = lastOf(text);
    const behind = last && addToIp(last, 1n);
    return [...(last ? [last] : []), ...(behind ? [behind] : [])];
  });
}

function lastOf(text: string): Ip | undefined {
  const range = parseCidr(text);
  return range ? lastIp(range) : parseIp(text);
}
