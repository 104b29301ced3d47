import { plainRequest } from '../lint/witness-requests.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteDiffQuestion } from '../../route-diff-result.js';
import type { Side } from './side.js';
import { portsTried } from './side.js';
import type { SideRule } from './side-rule.js';
import { triedConditions, type TriedCondition } from './tried-conditions.js';
import { triedHosts } from './tried-hosts.js';
import { triedPaths } from './tried-paths.js';

/** A request or a connection, and the port that it is sent to. */
export interface TriedRequest {
  readonly request: RouteRequest;
  readonly port: number;
}

/** What of the requests is no more than a sample; counted by hosts. */
export interface Sampling {
  expressions: number;
  conditions: number;
}

const OWN_PORT = { http: 80, https: 443 } as const;

/**
 * Requests that tell the rules of both sides apart: each host, each path, over http and https on each port, with each combination of what the rules that the path may reach
 * ask for. Query parameters by name count with case (RFC 3986), so do values.
 */
export function* triedRequests(
  a: Side,
  b: Side,
  { host, scheme: only, unusual }: Pick<RouteDiffQuestion, 'host' | 'scheme' | 'unusual'>,
  sampling: Sampling,
): Iterable<TriedRequest> {
  const schemes = only === undefined ? (['http', 'https'] as const) : [only];
  const targets = schemes.flatMap((scheme) => portsTried(a, b, scheme).map((port) => ({ scheme, port })));
  const ofA = new Set(a.rules);
  const repeats = unusual || readRepeatedApart(a, b);
  for (const { name, rules } of triedHosts([...a.rules, ...b.rules], host)) {
    const { paths, sampled } = triedPaths(rules, unusual);
    if (sampled) sampling.expressions++;
    let some = false;
    for (const path of paths) {
      const reaching = unusual ? rules : rules.filter((rule) => mayReach(rule, path));
      const { conditions, sampled: someOnly } = triedConditions(reaching, repeats);
      some ||= someOnly || originsDiffer(reaching, ofA);
      for (const { scheme, port } of targets) {
        for (const condition of conditions) yield { request: requestOf(scheme, name, port, path, condition), port };
      }
    }
    if (some) sampling.conditions++;
  }
}

/** Whether what is sent twice under one name may tell the sides apart: two sets of rules of the Gateway API read it differently (divergences D24, D25). */
function readRepeatedApart(a: Side, b: Side): boolean {
  return a.gateway !== null && b.gateway !== null && a.dialects.join() !== b.dialects.join();
}

/** Whether an origin that is not tried may tell the sides apart: they do not say the same of origins. */
function originsDiffer(rules: readonly SideRule[], ofA: ReadonlySet<SideRule>): boolean {
  const sides = [true, false].map((isA) => new Set(rules.filter((rule) => ofA.has(rule) === isA).flatMap(({ cors }) => cors)));
  const [first = new Set<string>(), second = new Set<string>()] = sides;
  return first.size !== second.size || [...first].some((reading) => !second.has(reading));
}

/** Whether a path can match the rule in any dialect. */
function mayReach({ path, pattern }: SideRule, asked: string): boolean {
  if (pattern !== undefined) return true;
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  return asked.toLowerCase().startsWith(trimmed.toLowerCase());
}

function requestOf(scheme: 'http' | 'https', name: string, port: number, path: string, condition: TriedCondition): RouteRequest {
  const { method, headers, query, clientAddress } = condition;
  const parameters = query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  return {
    ...plainRequest(scheme, name, path),
    host: port === OWN_PORT[scheme] ? name : `${name}:${port}`,
    method,
    headers,
    query: parameters === '' ? undefined : parameters,
    clientAddress,
  };
}
