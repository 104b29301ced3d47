import type { NetworkModel } from '../../../model/network-model.js';
import type { GatewayRoute } from '../../../resources/gateway-route.js';
import type { Attachment } from './attachments.js';
import { backendsOf, resolveBackend } from './backend-references.js';
import type { Condition } from '../../gateway-status-result.js';
import { fails, holds } from './conditions.js';
import { faultsText, type RuleFault, ruleFaults, unservable } from './rule-faults.js';

/** `status.parents[].conditions` of a route for one of its parents (rules G7 to G10, G28, G48). */
export function routeConditions(model: NetworkModel, attachment: Attachment): readonly Condition[] {
  const { route, attached } = attachment;
  const refusal = refusalOf(attachment);
  const names = attached.map(({ listener }) => `\`${listener.listener.name}\``).join(', ');
  const accepted = refusal
    ? fails('Accepted', refusal.reason, refusal.message)
    : holds('Accepted', 'Accepted', `attached to ${attached.length === 1 ? 'listener' : 'listeners'} ${names}`);
  return [accepted, resolvedRefs(model, route), ...(refusal ? [] : partlyInvalid(model, route))];
}

/** "MUST NOT be set if a Route is fully valid, fully invalid, or not accepted" (`RouteConditionPartiallyInvalid`). */
function partlyInvalid(model: NetworkModel, route: GatewayRoute): readonly Condition[] {
  const faults = [...ruleFaults(route), ...unaskedServices(model, route)];
  const faulty = new Set(faults.map(({ pointer }) => pointer));
  if (faulty.size === 0 || faulty.size === route.rules.length) return [];
  return [holds('PartiallyInvalid', 'UnsupportedValue', `Dropped Rule: ${faultsText(faults)}`)];
}

/** Rules whose auth service cannot be resolved: they answer with an error (`conformance/tests/httproute-external-auth-partially-invalid.go`). */
function unaskedServices(model: NetworkModel, route: GatewayRoute): readonly Pick<RuleFault, 'pointer' | 'message'>[] {
  return route.rules.flatMap(({ pointer, filters }) =>
    filters.flatMap((filter) => {
      const backend = filter.type === 'ExternalAuth' && filter.backend ? resolveBackend(model, route, filter.backend) : undefined;
      return !backend || backend.ok
        ? []
        : [{ pointer, message: `${filter.pointer}: the auth service cannot be asked: ${backend.message}` }];
    }),
  );
}

/** Whether a route gets the condition Accepted=True for one of its parents. */
export function isAccepted(attachment: Attachment): boolean {
  return refusalOf(attachment) === undefined;
}

/** Why a parent does not accept a route: it is attached to no listener, or none of its rules can be served. */
function refusalOf({ route, refusal }: Attachment): Attachment['refusal'] {
  return refusal ?? unservable(route);
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
