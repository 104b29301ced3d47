import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { GatewayRoute, RouteFilter } from '../../../resources/gateway-route.js';
import type { GatewayDialect } from './gateway-dialect.js';

/** The first filter that an implementation does not have. What is no filter of the text at all is left to `route-filters.ts`. */
export function unsupportedFilter(
  { kind }: GatewayRoute,
  filters: readonly RouteFilter[],
  { filters: known }: Pick<GatewayDialect, 'filters'>,
): RouteFilter | undefined {
  const ofKind = known?.[kind];
  return ofKind && filters.find(({ type }) => type !== 'unknown' && !ofKind.has(type));
}

/** The step that shows it. */
export function unsupportedStep({ ref }: GatewayRoute, { type, pointer }: RouteFilter): EvidenceStep {
  const message = `the filter ${type} is not supported: the requests of its rule are answered with an error`;
  return { stage: 'filter', outcome: 'excluded', reason: 'FILTER_UNSUPPORTED', message, object: ref, pointer };
}
