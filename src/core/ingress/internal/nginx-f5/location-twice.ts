import { inMap } from '../../../kernel/in-map.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { Location } from '../nginx/servers.js';
import type { F5Server } from './f5-server.js';

/** `duplicate location`: neither modifiers that go before expressions nor types of paths tell two apart (`ngx_http_join_exact_locations` of nginx `src/http/ngx_http.c`). */
export function twiceIn(locations: readonly Location[]): F5Server['twice'] {
  const known = new Map<string, Location>();
  for (const location of locations) {
    const { exact, text, rule } = location;
    const other = inMap(known, `${exact ? '=' : ''}${text}`, () => location);
    if (other === location || !rule || !other.rule) continue;
    const [own, first] = [rule, other.rule].map(
      ({ path = '', ingress, pointer }) => `\`${path}\` (${describeRef(ingress.ref)} ${pointer})`,
    );
    return { location, message: `${own ?? ''} and ${first ?? ''} are one location to nginx, which refuses the configuration` };
  }
  return undefined;
}
