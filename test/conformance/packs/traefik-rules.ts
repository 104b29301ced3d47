import type { ClusterApi, Envelope } from '../api.js';
import { compareJson, type Outcome } from '../set-result.js';

/** A case about rules of Traefik: a rule, or several with a rank each, and mostly a request. */
export interface RuleCase {
  readonly kind: string;
  readonly rule?: string;
  readonly syntax?: string;
  readonly routers?: readonly Router[];
  readonly providersPrecedence?: readonly string[];
  readonly request?: RuleRequest;
  readonly expect?: Readonly<Record<string, unknown>>;
}
interface Router {
  readonly router: string;
  readonly rule: string;
  readonly priority: number | null;
  readonly provider: string | null;
}
interface RuleRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly remoteAddr?: string;
  readonly absoluteForm?: string;
}
interface RuleResult {
  readonly routingPath: string | null;
  readonly serves: number | null;
  readonly rules: readonly {
    readonly fault: object | null;
    readonly priority: number;
    readonly domains: readonly string[] | null;
    readonly matches: boolean | null;
  }[];
}

/** What a case of each kind expects, read from an answer. */
const READERS: Readonly<Record<string, (result: RuleResult, one: RuleCase) => object>> = {
  rule: ({ rules }) => ({ match: rules[0]?.matches }),
  ruleParse: ({ rules }) => ({ error: rules[0]?.fault !== null }),
  rulePriority: ({ serves }, { routers }) => ({ router: serves === null ? null : routers?.[serves]?.router }),
  rulePriorityValue: ({ rules }) => ({ priority: rules[0]?.priority }),
  ruleDomains: ({ rules }) => (rules[0]?.domains === null ? { error: true } : { domains: rules[0]?.domains }),
  routingPath: ({ routingPath }) => ({ routingPath }),
};

/** Whether a case is one about rules, and everything it expects is compared. */
export function asksRule({ kind, rule, routers, expect }: RuleCase): boolean {
  const known = ['match', 'error', 'router', 'priority', 'domains', 'routingPath'];
  const asks = kind === 'routingPath' || rule !== undefined || routers !== undefined;
  return Object.hasOwn(READERS, kind) && asks && expect !== undefined && Object.keys(expect).every((key) => known.includes(key));
}

/** Asks `traefik-rule`. A path is read off the answer to a rule that does not matter. */
export async function evaluateRule(cluster: ClusterApi, one: RuleCase): Promise<Outcome> {
  const { routers, request } = one;
  const answer: Envelope = await cluster.ask('traefik-rule', {
    rule: routers?.map(({ rule }) => rule) ?? [one.rule ?? 'PathPrefix(`/`)'],
    ...(routers
      ? { priority: routers.map(({ priority }) => String(priority ?? 0)), provider: routers.map(({ provider }) => provider ?? '') }
      : {}),
    ...(one.providersPrecedence ? { precedence: one.providersPrecedence } : {}),
    ...(one.syntax === undefined ? {} : { syntax: one.syntax }),
    ...(request ? sent(request) : {}),
  });
  const actual = READERS[one.kind]?.(answer.result as RuleResult, one);
  return actual ? compareJson(one.expect, actual) : 'unsupported';
}

/** Go's client sends a host as the test writes it, also one that no URL may carry: a name outside ASCII, an IPv6 address without brackets. */
const RAW_HOST = /^(\w+:\/\/)([^/?#]*[^\0-\x7f][^/?#]*|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*)(?=[/?#]|$)/i;

function sent({ method, url, headers, remoteAddr, absoluteForm }: RuleRequest): object {
  const [, , rawHost] = RAW_HOST.exec(url) ?? [];
  return {
    method,
    url: absoluteForm ?? url.replace(RAW_HOST, '$1raw.host'),
    headers: [
      ...Object.entries(headers).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`)),
      ...(rawHost === undefined ? [] : [`Host: ${rawHost}`]),
    ],
    ...(absoluteForm === undefined ? {} : { absoluteForm: true }),
    ...(remoteAddr === undefined ? {} : { clientAddress: remoteAddr }),
  };
}
