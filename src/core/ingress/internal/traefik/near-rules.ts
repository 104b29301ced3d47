import { describeRef } from '../../../kernel/object-ref.js';
import { onlyFailing } from '../../../traefik-rule/only-failing.js';
import type { RuleCall } from '../../../traefik-rule/rule-node.js';
import type { SeenRequest } from '../../../traefik-rule/seen-request.js';
import type { NearMiss } from '../../route-result.js';
import type { HttpAttempt } from './attempt.js';

/** The routers of IngressRoutes that a request misses by one thing, and what would mend it. */
export function nearRules(attempts: readonly HttpAttempt[], seen: SeenRequest): readonly NearMiss[] {
  return attempts.flatMap((one) => (one.router.holder.ref.kind === 'Ingress' ? [] : nearRule(one, seen)));
}

function nearRule({ router, state, reason, message }: HttpAttempt, seen: SeenRequest): readonly NearMiss[] {
  const { rule, text, entryPoints, tls } = router.parts;
  const miss = (code: string, what: string, fix: string): readonly NearMiss[] => [
    { reason: code, object: describeRef(rule.ingress.ref), pointer: rule.pointer, message: what, fix },
  ];
  if (state === 'no-match' && router.compiled.ok) {
    const failing = onlyFailing(router.compiled.value, seen);
    if (!failing) return [];
    const { call, because, isNegated } = failing;
    const part = text.slice(call.from, call.to);
    const what = `only \`${part}\` ${isNegated ? 'holds, which it must not' : 'does not hold'}: ${because}`;
    return miss('RULE_PART_FAILS', what, isNegated ? `a request that \`${part}\` does not match` : fixOf(call, part));
  }
  if (reason === 'ENTRY_POINT_OTHER') {
    return miss(
      reason,
      message,
      tls ? 'ask by https' : entryPoints.includes('web') ? 'ask by http' : 'name the entry point in `spec.entryPoints`',
    );
  }
  if (reason === 'MIDDLEWARE_MISSING') return miss(reason, message, 'apply the Middleware, or take it out of the route');
  if (reason === 'TLS_OPTION_MISSING') return miss(reason, message, 'apply the TLSOption, or take it out of `spec.tls`');
  if (reason === 'NAMESPACE_CROSSED') return miss(reason, message, 'allow it in Traefik (`allowCrossNamespace`), or move the object');
  if (reason === 'RULE_REFUSED') return miss(reason, message, 'write a rule that Traefik can read');
  return [];
}

/** What a request would have to be. */
function fixOf({ name, values: [first = '', second = ''] }: RuleCall, part: string): string {
  switch (name) {
    case 'Host':
      return `request host \`${first}\``;
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
