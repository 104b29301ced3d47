import { inMap } from '../../../kernel/in-map.js';
import type { GatewayRoute, RouteFilter, RouteRule } from '../../../resources/gateway-route.js';

/** Why a rule cannot be served. */
export interface RuleFault {
  /** The rule. */
  readonly pointer: string;
  readonly reason: 'UnsupportedValue' | 'IncompatibleFilters';
  readonly message: string;
}

/** Faults in words. */
export function faultsText(faults: readonly Pick<RuleFault, 'message'>[]): string {
  return faults.map(({ message }) => message).join('; ');
}

/** Rules that cannot be served: a match that the API server refuses, a filter that nobody knows, a redirect beside a rewrite (`RouteReasonIncompatibleFilters`). */
export function ruleFaults(route: GatewayRoute): readonly RuleFault[] {
  const rules: readonly RouteRule<{ readonly fault?: string | undefined }>[] = route.rules;
  return rules.flatMap(({ pointer, matches, filters, backends }): readonly RuleFault[] => {
    const fault = [filters, ...backends.map((backend) => backend.filters)].map((list) => filterFault(pointer, list)).find((one) => one);
    if (fault) return [fault];
    if (matches.length === 0 || matches.some(({ fault }) => fault === undefined)) return [];
    return [{ pointer, reason: 'UnsupportedValue', message: `${pointer}: ${matches[0]?.fault ?? ''}` }];
  });
}

/** Why filters of a rule, or of one of its backends, cannot be applied together ("unknown values here must result in […] `UnsupportedValue`", `HTTPRouteFilter.Type`). */
function filterFault(pointer: string, filters: readonly RouteFilter[]): RuleFault | undefined {
  const types = new Set(filters.map((filter) => (filter.type === 'unknown' ? filter.name : filter.type)));
  if (types.has('RequestRedirect') && types.has('URLRewrite'))
    return { pointer, reason: 'IncompatibleFilters', message: `${pointer}: a rule redirects or rewrites, and not both` };
  const odd = filters.find((filter) => filter.type === 'unknown');
  return (
    odd && { pointer, reason: 'UnsupportedValue', message: `${odd.pointer}: the filter \`${odd.name}\` cannot be applied: ${odd.fault}` }
  );
}

const refusals = new WeakMap<GatewayRoute, { readonly refusal: Omit<RuleFault, 'pointer'> | undefined }>();

/** Why no rule of a route can be served, so that no parent accepts it; undefined where one can, or where it has none. */
export function unservable(route: GatewayRoute): Omit<RuleFault, 'pointer'> | undefined {
  return inMap(refusals, route, () => ({ refusal: refusalOf(route) })).refusal;
}

function refusalOf(route: GatewayRoute): Omit<RuleFault, 'pointer'> | undefined {
  const faults = ruleFaults(route);
  if (faults.length === 0 || faults.length < route.rules.length) return undefined;
  const incompatible = faults.every(({ reason }) => reason === 'IncompatibleFilters');
  return { reason: incompatible ? 'IncompatibleFilters' : 'UnsupportedValue', message: faultsText(faults) };
}
