import type { Note } from '../../../kernel/answer.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteFilter } from '../../../resources/gateway-route.js';
import { endpointsOutcome } from '../backend-outcome.js';
import { resolveBackend } from './backend-references.js';
import type { HTTPCandidate } from './http-candidates.js';

/** What the auth services of a rule make of a request. */
export interface AskedServices {
  /** Why one of them cannot be asked; undefined: all can. */
  readonly fails: string | undefined;
  /** That the client is taken to be let through, and by whom. */
  readonly passed: readonly Note[];
}

/** Asks what filters of type ExternalAuth refer to: "if there is any problem communicating with the external service, this filter MUST fail closed" (`HTTPRouteFilter.ExternalAuth`). */
export function askAuthServices(model: NetworkModel, { route }: HTTPCandidate, filters: readonly RouteFilter[]): AskedServices {
  const passed: Note[] = [];
  for (const filter of filters) {
    if (filter.type !== 'ExternalAuth' || !filter.backend) continue;
    const resolved = resolveBackend(model, route, filter.backend);
    if (!resolved.ok) return { fails: `the auth service cannot be asked: ${resolved.message}`, passed };
    const { service, port } = resolved;
    const name = `${service.namespace}/${service.name}:${port.port}`;
    const { backend } = endpointsOutcome(model, service, port, [], 'ROUTED');
    if (!backend || backend.endpoints.length === 0)
      return { fails: `the auth service ${name} cannot be asked: it has no ready endpoint`, passed };
    const message = `the client is taken to be let through by the auth service ${name}, which may add headers to the request`;
    passed.push({ code: 'AUTHENTICATION_PASSED', message });
  }
  return { fails: undefined, passed };
}
