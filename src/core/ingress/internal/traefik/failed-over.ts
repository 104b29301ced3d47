import type { EvidenceStep } from '../../../kernel/evidence.js';
import { statusesWithin } from '../../../resources/http-code-range.js';
import type { FailoverAction, TraefikService } from '../../../resources/traefik.js';
import { droppedTarget, named, type Target } from './target.js';

const NO_SIGN =
  'nothing tells that the first Service of the failover fails: neither `errors.status`, nor a `healthCheck` of it, without which Traefik does not build the failover';

/** What a Service without servers answers. */
const UNAVAILABLE = 503;

/**
 * The first of two Services, or the other one where its answer is known to be one of the errors that are left to that (`Failover.ServeHTTP` of `pkg/server/service/loadbalancer/failover`). Nobody's
 * health is known. One that cannot be built leaves nothing to serve, and nothing tells that the first one fails where there are neither statuses nor checks of its health
 * (`getFailoverServiceHandler` of `pkg/server/service/service.go`), which Traefik takes of Services of type ExternalName alone.
 */
export function failedOver(
  service: TraefikService,
  { main: first, statuses: ranges }: FailoverAction,
  main: Target,
  fallback: Target,
): Target {
  const failed = [main, fallback].find(({ dropped }) => dropped);
  if (failed) return failed;
  if (ranges.length === 0 && main.unknown === undefined && !first.healthCheck)
    return named(droppedTarget('BACKEND_INVALID', NO_SIGN, service, '/spec/failover'));
  const isEmpty = main.unknown === undefined && main.backends.every(({ backend }) => backend.endpoints.length === 0);
  if (isEmpty && statusesWithin(ranges).includes(UNAVAILABLE))
    return { ...fallback, steps: [...main.steps, leftTo(service), ...fallback.steps] };
  const others = [...new Set(fallback.backends.map(({ backend }) => `${backend.namespace}/${backend.service}`))].join(', ');
  const errors = ranges.map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(', ');
  const more = errors === '' ? '' : `, and not to answer ${errors}, which ${others || 'the other one'} would answer instead`;
  const message = `the first Service of the failover is taken to be healthy${more}`;
  return { ...main, assumptions: [...main.assumptions, { code: 'FAILOVER_HEALTHY', message }] };
}

function leftTo({ ref, namespace }: TraefikService): EvidenceStep {
  const message = `the first Service of TraefikService ${namespace}/${ref.name} answers ${UNAVAILABLE}, one of the errors that are left to the other one`;
  return { stage: 'backend', outcome: 'info', reason: 'TRAEFIK_SERVICE', message, object: ref, pointer: '/spec/failover/errors' };
}
