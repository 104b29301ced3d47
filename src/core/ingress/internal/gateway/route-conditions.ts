import type { NetworkModel } from '../../../model/network-model.js';
import type { GatewayRoute, RouteRule } from '../../../resources/gateway-route.js';
import type { Attachment } from './attachments.js';
import { backendsOf, resolveBackend } from './backend-references.js';
import { type Condition, fails, holds } from './conditions.js';

/** `status.parents[].conditions` of a route for one of its parents (rules G7 to G10, G28, G48). */
export function routeConditions(model: NetworkModel, { route, refusal, attached }: Attachment): readonly Condition[] {
  const faults = ruleFaults(route);
  const dropped = faults.length > 0 && faults.length < route.rules.length;
  const names = attached.map(({ listener }) => `\`${listener.listener.name}\``).join(', ');
  const accepted = refusal
    ? fails('Accepted', refusal.reason, refusal.message)
    : faults.length > 0 && !dropped
      ? fails('Accepted', 'UnsupportedValue', faults.join('; '))
      : holds('Accepted', 'Accepted', `attached to ${attached.length === 1 ? 'listener' : 'listeners'} ${names}`);
  const partly = dropped && !refusal ? [holds('PartiallyInvalid', 'UnsupportedValue', `Dropped Rule: ${faults.join('; ')}`)] : [];
  return [accepted, resolvedRefs(model, route), ...partly];
}

/** The reason is that of the first reference that fails; the message tells of more. */
function resolvedRefs(model: NetworkModel, route: GatewayRoute): Condition {
  const broken = backendsOf(route).flatMap((reference) => {
    const backend = resolveBackend(model, route, reference);
    return backend.ok ? [] : [{ reason: backend.reason, message: `${reference.pointer}: ${backend.message}` }];
  });
  const [first] = broken;
  if (!first) return holds('ResolvedRefs', 'ResolvedRefs', 'every reference is resolved');
  const told = broken.slice(0, MOST_TOLD).map(({ message }) => message);
  if (broken.length > MOST_TOLD) told.push(`and ${broken.length - MOST_TOLD} more`);
  return fails('ResolvedRefs', first.reason, told.join('; '));
}

const MOST_TOLD = 10;

/** Rules that cannot be served: a match that the API server refuses, a filter that nobody knows. */
function ruleFaults(route: GatewayRoute): readonly string[] {
  const rules: readonly RouteRule<{ readonly fault?: string | undefined }>[] = route.rules;
  return rules.flatMap(({ pointer, matches, filters }) => {
    const odd = filters.find((filter) => filter.type === 'unknown');
    if (odd) return [`${odd.pointer}: the filter \`${odd.name}\` cannot be applied: ${odd.fault}`];
    return matches.length > 0 && matches.every(({ fault }) => fault !== undefined) ? [`${pointer}: ${matches[0]?.fault ?? ''}`] : [];
  });
}
