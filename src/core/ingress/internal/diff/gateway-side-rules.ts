import { compileRegex } from '../../../regex/compile-regex.js';
import type { GRPCMatch, HTTPMatch, NamedMatch, RouteRule } from '../../../resources/gateway-route.js';
import { NO_HOST } from '../../../resources/gateway-reference.js';
import type { GatewayState } from '../gateway/gateway-state.js';
import { sampleText } from '../lint/gateway-requests.js';
import { corsAsked, NOTHING, together } from './asked.js';
import { type RuleAsks, type SideRule } from './side-rule.js';

/** The rules of the routes on a Gateway, under each hostname by which they are reached; listeners alone are rules for their hostname, too. */
export function* rulesOfGateway({ listeners, attachments }: GatewayState): Iterable<SideRule> {
  for (const { listener } of listeners) if (listener.hostname !== NO_HOST) yield plain(listener.hostname);
  for (const { route, attached } of attachments) {
    const hosts = [...new Set(attached.flatMap(({ hostnames }) => hostnames))];
    const own = route.kind === 'HTTPRoute' || route.kind === 'GRPCRoute' ? [...route.rules].flatMap(asksOfRule) : [];
    for (const host of hosts) {
      if (own.length === 0) yield plain(host);
      for (const one of own) yield { host, ...one };
    }
  }
}

function plain(host: string | undefined): SideRule {
  return { host, path: '/', pattern: undefined, ...NOTHING };
}

function asksOfRule(rule: RouteRule<HTTPMatch> | RouteRule<GRPCMatch>): readonly Omit<SideRule, 'host'>[] {
  const cors = rule.filters.flatMap((filter) =>
    filter.type === 'CORS' ? [corsAsked(filter.allowOrigins, `gateway ${JSON.stringify(filter)}`)] : [],
  );
  return rule.matches.flatMap((match) => {
    if (match.fault !== undefined) return [];
    const own = 'path' in match ? ofHTTP(match) : ofGRPC(match);
    return [{ ...own, ...together([own, ...cors]) }];
  });
}

function ofHTTP({ path, method, headers, queryParams }: HTTPMatch): Omit<SideRule, 'host'> {
  const asks: RuleAsks = {
    methods: method === undefined ? [] : [method],
    headers: headers.flatMap(valueOf),
    query: queryParams.flatMap(valueOf),
    addresses: [],
  };
  const asksMore = [...headers, ...queryParams].some(({ type }) => type === 'RegularExpression');
  const compiled = path.type === 'RegularExpression' ? compileRegex(`^(?:${path.value})$`) : undefined;
  return { path: path.value, pattern: compiled && (compiled.ok ? compiled.value : null), asks, asksMore, cors: [] };
}

function ofGRPC({ type, service, method, headers }: GRPCMatch): Omit<SideRule, 'host'> {
  const asks: RuleAsks = {
    methods: ['POST'],
    headers: [['content-type', 'application/grpc'], ...headers.flatMap(valueOf)],
    query: [],
    addresses: [],
  };
  const path = `/${service ?? 'portolan.Witness'}/${method ?? 'Call'}`;
  const asksMore = type !== 'Exact' || headers.some((one) => one.type === 'RegularExpression');
  return { path, pattern: type === 'Exact' ? undefined : null, asks, asksMore, cors: [] };
}

/** A value that the condition admits; none where it cannot be evaluated. */
function valueOf({ type, name, value }: NamedMatch): readonly (readonly [string, string])[] {
  const text = type === 'Exact' ? value : sampleText(value, (one) => /^[!-~]*$/.test(one));
  return text === undefined ? [] : [[name, text]];
}
