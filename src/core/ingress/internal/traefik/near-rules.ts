import { describeRef } from '../../../kernel/object-ref.js';
import { inBrief } from '../../../kernel/in-brief.js';
import { onlyFailing } from '../../../traefik-rule/only-failing.js';
import type { RuleCall } from '../../../traefik-rule/rule-node.js';
import type { SeenRequest } from '../../../traefik-rule/seen-request.js';
import type { NearMiss } from '../../route-result.js';
import type { HttpAttempt } from './attempt.js';
import type { HttpRouter } from './http-router.js';
import type { StreamRouter } from './stream-router.js';
import type { Attempt, Prioritised } from './takers.js';
import type { Target } from './target.js';

/** So many routers are told. */
const MOST_TOLD = 20;

/**
 * The routers that a request misses by one thing, and what would mend it: first those whose rule holds, then those of IngressRoutes that fail in one part, then rules that Traefik
 * refuses, of which nobody knows whether they would hold.
 */
export function nearRules(
  attempts: readonly HttpAttempt[],
  seen: SeenRequest,
  targetOf: (router: HttpRouter) => Target,
): readonly NearMiss[] {
  const [holding, failing, refused]: [NearMiss[], NearMiss[], NearMiss[]] = [[], [], []];
  for (const one of attempts) {
    if (one.reason === 'RULE_REFUSED') refused.push(missOf(one, 'write a rule that Traefik can read'));
    else if (one.state === 'excluded') holding.push(...nearlyTaking(one, targetOf));
    else if (one.state === 'no-match' && one.router.holder.ref.kind !== 'Ingress') failing.push(...failingPart(one, seen));
  }
  return [...holding, ...failing, ...refused].slice(0, MOST_TOLD);
}

/** The routers of connections whose rule holds, and which do not take the connection all the same. */
export function nearStreams(
  attempts: readonly Attempt<StreamRouter>[],
  { seen, entryPoint }: { readonly seen: SeenRequest; readonly entryPoint: string | undefined },
): readonly NearMiss[] {
  const [holding, failing]: [NearMiss[], NearMiss[]] = [[], []];
  for (const one of attempts) {
    const isHere = entryPoint === undefined || one.router.parts.entryPoints.has(entryPoint);
    if (one.state === 'excluded') holding.push(missOf(one, STREAM_FIXES[one.reason] ?? fixOfBackend(one.reason)));
    else if (one.state === 'no-match' && isHere) failing.push(...failingPart(one, seen));
  }
  return [...holding, ...failing].slice(0, MOST_TOLD);
}

const STREAM_FIXES: Readonly<Partial<Record<string, string>>> = {
  ENTRY_POINT_OTHER: 'connect to a port of its entry points, or name this one in `spec.entryPoints`',
  MIDDLEWARE_MISSING: 'apply the MiddlewareTCP, or take it out of the route',
  RULE_REFUSED: 'write a rule that Traefik can read',
  TLS_OPTION_MISSING: 'apply the TLSOption, or take it out of `spec.tls`',
};

/** Its rule holds. */
function nearlyTaking(one: HttpAttempt, targetOf: (router: HttpRouter) => Target): readonly NearMiss[] {
  const { router, reason, key } = one;
  const { entryPoints, tls } = router.parts;
  if (key === 'backend') {
    const { nearMisses } = targetOf(router);
    return nearMisses.length > 0 ? nearMisses : [missOf(one, fixOfBackend(reason))];
  }
  switch (reason) {
    case 'ENTRY_POINT_OTHER':
      return [
        missOf(
          one,
          tls ? 'ask by https' : entryPoints.named.has('web') ? 'ask by http' : `name the entry point in ${placeOfEntryPoints(router)}`,
        ),
      ];
    case 'MIDDLEWARE_MISSING':
      return [missOf(one, 'apply the Middleware, or take it out of the route')];
    case 'TLS_OPTION_MISSING':
      return [missOf(one, 'apply the TLSOption, or take it out of `spec.tls`')];
    default:
      return [];
  }
}

function placeOfEntryPoints({ holder }: HttpRouter): string {
  return holder.ref.kind === 'Ingress' ? 'the annotation `traefik.ingress.kubernetes.io/router.entrypoints`' : '`spec.entryPoints`';
}

const BACKEND_FIXES: Readonly<Partial<Record<string, string>>> = {
  EXTERNAL_NAME_BACKEND: 'allow it in Traefik (`allowExternalNameServices`)',
  NO_READY_ENDPOINTS: 'make a pod of the Service ready, or let Traefik serve empty Services (`allowEmptyServices`)',
  SERVICE_MISSING: 'apply the Service, or name one that is there',
  PORT_MISSING: 'name a port that the Service has',
  NAMESPACE_CROSSED: 'allow it in Traefik (`allowCrossNamespace`), or move the object',
};

function fixOfBackend(reason: string): string {
  return BACKEND_FIXES[reason] ?? 'name a Service that Traefik can serve';
}

function failingPart(one: Attempt<HttpRouter | StreamRouter>, seen: SeenRequest): readonly NearMiss[] {
  const { compiled, parts } = one.router;
  const failing = compiled?.ok ? onlyFailing(compiled.value, seen) : undefined;
  if (!failing) return [];
  const { call, because, isNegated } = failing;
  const part = inBrief(parts.text.slice(call.from, call.to));
  const message = `only \`${part}\` ${isNegated ? 'holds, which it must not' : 'does not hold'}: ${because}`;
  const fix = isNegated ? `a request that \`${part}\` does not match` : fixOf(call, part);
  return [missOf({ ...one, reason: 'RULE_PART_FAILS', message }, fix)];
}

function missOf({ router, reason, message }: Attempt<Prioritised>, fix: string): NearMiss {
  const { rule } = router.parts;
  return { reason, object: describeRef(rule.ingress.ref), pointer: rule.pointer, message, fix };
}

/** What a request would have to be. */
function fixOf({ name, values: [first = '', second = ''] }: RuleCall, part: string): string {
  switch (name) {
    case 'Host':
      return `request host \`${first}\``;
    case 'HostSNI':
      return `connect with the name \`${first}\` (SNI)`;
    case 'ALPN':
      return `offer the protocol \`${first}\` (ALPN)`;
    case 'Path':
    case 'PathPrefix':
      return `request path \`${first}\``;
    case 'Method':
      return `request method \`${first.toUpperCase()}\``;
    case 'Header':
    case 'Headers':
      return `send the header \`${first}: ${second}\``;
    case 'ClientIP':
      return `ask from an address in \`${first}\``;
    default:
      return `a request that \`${part}\` matches`;
  }
}
