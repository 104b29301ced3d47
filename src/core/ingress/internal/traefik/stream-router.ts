import { inMap } from '../../../kernel/in-map.js';
import type { Result } from '../../../kernel/result.js';
import type { IngressRouteTCP, IngressRouteUDP, StreamBackend, TcpRouteRule } from '../../../resources/traefik-stream.js';
import type { TraefikReference } from '../../../resources/traefik-reference.js';
import { type CompiledRule, compileRule, rulePriority } from '../../../traefik-rule/compile-rule.js';
import type { RuleFault } from '../../../traefik-rule/rule-node.js';
import type { PathRule, RoutingObject } from '../path-rule.js';
import { type EntryPoints, entryPointsIn } from './entry-points.js';
import { priorityOf, type TraefikOptions } from './options.js';
import { resolveReference } from './references.js';
import type { Target } from './target.js';

/** What a router of connections is made of. */
export interface StreamParts {
  readonly rule: PathRule;
  readonly text: string;
  readonly entryPoints: EntryPoints;
  /** Undefined: connections without TLS. */
  readonly tls: { readonly passthrough: boolean } | undefined;
  readonly tlsOptions: TraefikReference | undefined;
  readonly middlewares: readonly TraefikReference[];
  readonly services: readonly StreamBackend[];
  /** Those of the routers of its object that have its name before it: what is built of them stands under that name until others take its place. */
  readonly earlierServices?: readonly (readonly StreamBackend[])[];
  readonly fault: string | undefined;
  /** Who gets them, where its provider has made that ready. */
  readonly target?: () => Target;
}

/** A router of connections (`AddRoute` of `pkg/muxer/tcp/mux.go`), or of packets, which has no rule. */
export class StreamRouter {
  readonly priority: number;
  /** All are of one provider. */
  readonly precedence = 0;
  /** Its rule is `HostSNI(*)` and nothing else. */
  readonly isCatchAll: boolean;

  constructor(
    readonly parts: StreamParts,
    priority: number,
    readonly compiled: Result<CompiledRule, RuleFault> | undefined,
  ) {
    const root = compiled?.ok ? compiled.value.root : undefined;
    this.isCatchAll = root?.kind === 'call' && root.name === 'HostSNI' && root.values.length === 1 && root.values[0] === '*';
    this.priority = priority === 0 ? (this.isCatchAll ? -1 : rulePriority(parts.text)) : priority;
  }

  get holder(): RoutingObject {
    return this.parts.rule.ingress;
  }
}

/** The routers of an IngressRouteTCP; of several with one rule, whose name is the same (`makeServiceKey`), the last stays that is not passed over for a reference of its middlewares. */
export function routersOfTcp(route: IngressRouteTCP, options: TraefikOptions): readonly StreamRouter[] {
  const { tls, namespace } = route;
  const entryPoints = entryPointsIn(route.entryPoints);
  const isNamed = ({ middlewares }: TcpRouteRule) => !middlewares.some((use) => 'fault' in resolveReference(use, namespace, options));
  const byName = new Map<string, TcpRouteRule[]>();
  for (const one of route.routes.filter(isNamed)) inMap(byName, one.match, (): TcpRouteRule[] => []).push(one);
  return route.routes.map((one) => {
    const { match, middlewares, services } = one;
    const twins = (isNamed(one) && byName.get(match)) || [one];
    const last = twins.at(-1);
    const fault = one.fault ?? (last && last !== one ? `it has the same rule as \`${last.pointer}\`, which takes its place` : undefined);
    const parts: StreamParts = {
      rule: shown(route, one.pointer, match, services, fault),
      text: match,
      entryPoints,
      tls,
      tlsOptions: tls?.options,
      middlewares,
      services,
      earlierServices: last === one ? twins.slice(0, -1).map((twin) => twin.services) : [],
      fault,
    };
    const compiled = compileRule(match, `tcp-${one.syntax ?? options.ruleSyntax}`);
    const priority = priorityOf(one.priority, match, compiled.ok ? compiled.value.root : undefined, options);
    return new StreamRouter(parts, priority, compiled);
  });
}

/** The routers of an IngressRouteUDP. */
export function routersOfUdp(route: IngressRouteUDP): readonly StreamRouter[] {
  const entryPoints = entryPointsIn(route.entryPoints);
  return route.routes.map(({ pointer, services }) => {
    const rule = shown(route, pointer, 'UDP', services, undefined);
    const parts = { rule, text: '', entryPoints, tls: undefined, tlsOptions: undefined, middlewares: [], services, fault: undefined };
    return new StreamRouter(parts, 1, undefined);
  });
}

function shown(
  ingress: RoutingObject,
  pointer: string,
  path: string,
  services: readonly StreamBackend[],
  fault: string | undefined,
): PathRule {
  const backendText = services.map(({ name, port }) => `service ${name}:${port ?? '(no port)'}`).join(', ') || 'no service';
  return { ingress, pointer, host: undefined, path, pathType: undefined, backend: undefined, backendText, fault };
}
