import { finished } from '../../../kernel/steps.js';
import { compileRegex } from '../../../regex/compile-regex.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { parseIp } from '../../../net/ip.js';
import { lastIp, parseCidr } from '../../../net/cidr.js';
import type { RuleCall, RuleNode } from '../../../traefik-rule/rule-node.js';
import type { ClassRouter } from '../dialect.js';
import { isOfTraefik } from '../dialect-family.js';
import type { HttpRouter } from '../traefik/http-router.js';
import { ingressRoutesOf, routersOfIngressRoutes } from '../traefik/ingress-route-routers.js';
import { LayerWays, MOST_BEFORE } from '../traefik/layer-ways.js';
import { Middlewares } from '../traefik/middlewares.js';
import { traefikOptions } from '../traefik/options.js';
import { askedByChain } from './asked-by-chain.js';
import { together } from './asked.js';
import type { RuleAsks, SideRule } from './side-rule.js';

/** The rules of IngressRoutes that a class of Traefik reads: what their matchers name, each host with each path. */
export function* rulesOfIngressRoutes(model: NetworkModel, { className, dialect }: ClassRouter): Iterable<SideRule> {
  if (!isOfTraefik(dialect)) return;
  const options = traefikOptions(model, className, dialect === 'traefik-strict');
  const routers = finished(routersOfIngressRoutes(ingressRoutesOf(model, className, options), options));
  const middlewares = new Middlewares(model, options);
  const layers = new LayerWays(routers, middlewares);
  for (const router of routers) yield* rulesOf(router, layers, middlewares);
}

/** Behind others whose middlewares may change what it sees, or that ask for more than hosts and paths, a rule is a sample; its host is mostly theirs. */
function* rulesOf(router: HttpRouter, layers: LayerWays, middlewares: Middlewares): Iterable<SideRule> {
  const { compiled, parts } = router;
  if (!compiled.ok || parts.fault !== undefined) return;
  const calls = [...callsOf(compiled.value.root)];
  const named = (name: string) => calls.filter((call) => call.name === name).flatMap(({ values }) => values);
  const own = hostsNamed(calls);
  const before = layers.allBefore(router);
  const callsBefore = before.flatMap((one) => (one.compiled.ok ? [...callsOf(one.compiled.value.root)] : []));
  const hosts = own.length > 0 ? own : hostsNamed(callsBefore);
  const isChanged = before.length === MOST_BEFORE || before.some((one) => one.parts.middlewares.length > 0);
  const asksMore =
    isChanged || callsBefore.some(({ name }) => !PLAIN.has(name)) || parts.syntax === 'v2' || calls.some(({ name }) => !TRIED.has(name));
  const chains = [router, ...before].map((one) => askedByChain(middlewares.chainOf(one)));
  const shared = together([{ asks: asksOf(calls), asksMore, cors: [] }, ...chains]);
  // `!` and `||` let conditions count on every path.
  const seen = ['/', ...named('Path'), ...named('PathPrefix')].filter((path) => path.startsWith('/'));
  const texts = isChanged ? [...new Set([...seen, ...seen.flatMap((path) => [...layers.pathsTo(router, path)])])] : seen;
  const plain = texts.map((path) => ({ path, pattern: undefined, ...shared }));
  const patterns = named('PathRegexp').map((path) => ({ path, pattern: patternOf(path), ...shared }));
  for (const host of hosts.length === 0 ? [undefined] : new Set(hosts)) for (const one of [...plain, ...patterns]) yield { host, ...one };
}

function hostsNamed(calls: readonly RuleCall[]): readonly string[] {
  return calls.filter(({ name }) => name === 'Host').flatMap(({ values }) => values.map((host) => host.toLowerCase().replace(/\.$/, '')));
}

/** Matchers of which every value that a rule names is tried. */
const TRIED: ReadonlySet<string> = new Set(['Host', 'Path', 'PathPrefix', 'PathRegexp', 'Method', 'Header', 'Query']);

/** Matchers of routers before others that are tried with their own rule, and need not be tried together with those behind. */
const PLAIN: ReadonlySet<string> = new Set(['Host', 'Path', 'PathPrefix']);

/** The matchers of a rule, whatever joins them. */
export function* callsOf(node: RuleNode): Iterable<RuleCall> {
  if (node.kind === 'call') yield node;
  else if (node.kind === 'not') yield* callsOf(node.of);
  else {
    yield* callsOf(node.left);
    yield* callsOf(node.right);
  }
}

function patternOf(text: string): SideRule['pattern'] {
  const compiled = compileRegex(text);
  return compiled.ok ? compiled.value : null;
}

function asksOf(calls: readonly RuleCall[]): RuleAsks {
  const of = (name: string) => calls.filter((call) => call.name === name);
  const pairs = (name: string) => of(name).map(({ values: [key = '', value = ''] }) => [key, value] as const);
  const ranges = of('ClientIP').flatMap(({ values }) => values);
  return {
    methods: of('Method').flatMap(({ values }) => values.map((method) => method.toUpperCase())),
    headers: pairs('Header'),
    query: pairs('Query'),
    addresses: ranges.flatMap((text) => {
      const range = parseCidr(text);
      return (range ? lastIp(range) : parseIp(text)) ?? [];
    }),
  };
}
