import { assertNever } from '../../../kernel/assert-never.js';
import type { VirtualCondition, VirtualMatch } from '../../../resources/virtual-server.js';
import type { RouteRequest } from '../../route-request.js';
import { formatIp } from '../../../net/ip.js';
import { matchPattern } from '../nginx/patterns.js';
import { requestUri } from '../nginx/rewrite.js';

/** The first match whose conditions all hold; `open`: whether one does cannot be told, and why. */
export type ChosenMatch = { readonly match: VirtualMatch | undefined } | { readonly open: string };

/** Tries the matches of a route in their order (`generateMatchesConfig` of `internal/configs/virtualserver.go`). */
export function chooseMatch(matches: readonly VirtualMatch[], request: RouteRequest): ChosenMatch {
  for (const match of matches) {
    const held = match.conditions.map((condition) => holds(condition, request));
    if (held.includes(false)) continue;
    const open = held.find((one) => one !== true);
    if (open !== undefined && open !== false) return { open };
    return { match };
  }
  return { match: undefined };
}

/** Compares as a `map` of nginx does: texts without case, expressions as they say, `!` the other way round; the text is what cannot be told. */
function holds(condition: VirtualCondition, request: RouteRequest): boolean | string {
  const given = valueOf(condition, request);
  if (given === undefined) return `the value of the variable \`${condition.name}\` is not known`;
  const isNegative = condition.value.startsWith('!');
  const wanted = isNegative ? condition.value.slice(1) : condition.value;
  const same = fits(wanted, given);
  return typeof same === 'string' ? same : same !== isNegative;
}

function fits(wanted: string, given: string): boolean | string {
  if (!wanted.startsWith('~')) return wanted.toLowerCase() === given.toLowerCase();
  const ignoreCase = wanted.startsWith('~*');
  const match = matchPattern(wanted.slice(ignoreCase ? 2 : 1), given, ignoreCase);
  return match === 'unsupported' ? `the expression \`${wanted}\` cannot be evaluated` : match !== 'no-match';
}

/** `$http_name`, `$cookie_name`, `$arg_name` and other variables of nginx; what is absent is empty. */
function valueOf({ of, name }: VirtualCondition, request: RouteRequest): string | undefined {
  const { headers, query = '' } = request;
  const named = (wanted: string) => headers.filter(([one]) => one.toLowerCase() === wanted).map(([, value]) => value);
  switch (of) {
    case 'header':
      return named(name.toLowerCase()).join(', ');
    case 'cookie':
      return pairOf(named('cookie').join('; ').split(';'), name);
    case 'argument':
      return pairOf(query.split('&'), name);
    case 'variable':
      return variable(name.replace(/^\$/, ''), request);
    default:
      return assertNever(of);
  }
}

/** The value of the first `name=value`; names are compared without case. */
function pairOf(pairs: readonly string[], name: string): string {
  const found = pairs.map((one) => one.trim()).find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}=`));
  return found?.slice(name.length + 1) ?? '';
}

/** What a request alone does not tell (its version, the port of the client, its body) is not known. */
function variable(name: string, request: RouteRequest): string | undefined {
  const { method, scheme, query = '', clientAddress } = request;
  switch (name) {
    case 'request_method':
      return method;
    case 'scheme':
      return scheme;
    case 'https':
      return scheme === 'https' ? 'on' : '';
    case 'args':
    case 'query_string':
      return query;
    case 'request_uri':
      return requestUri(request);
    case 'remote_addr':
      return clientAddress && formatIp(clientAddress);
    default:
      return undefined;
  }
}
