import type { Note } from '../../../kernel/answer.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteFilter } from '../../../resources/gateway-route.js';
import type { AuthAnswer, Header, RouteRequest } from '../../route-request.js';
import { endpointsOutcome } from '../backend-outcome.js';
import { withHeader } from '../header-list.js';
import { resolveBackend } from './backend-references.js';
import type { HTTPCandidate } from './http-candidates.js';

/** What the auth services of a rule make of a request. */
export interface AskedServices {
  /** Why one of them cannot be asked; undefined: all can. */
  readonly fails: string | undefined;
  /** Which one does not let the client through, where the question says so. */
  readonly refusedBy: string | undefined;
  /** The request as it goes on, with what they say of the client. */
  readonly request: RouteRequest;
  /** That the client is taken to be let through, and by whom. */
  readonly passed: readonly Note[];
}

/** Asks what filters of type ExternalAuth refer to: "if there is any problem communicating with the external service, this filter MUST fail closed" (`HTTPRouteFilter.ExternalAuth`). 200 lets the client through, any other code does not (`ExternalAuthProtocol`). */
export function askAuthServices(
  model: NetworkModel,
  { route }: HTTPCandidate,
  filters: readonly RouteFilter[],
  request: RouteRequest,
): AskedServices {
  const { auth } = request;
  const passed: Note[] = [];
  let introduced = request;
  const because = (fails: string): AskedServices => ({ fails, refusedBy: undefined, request, passed });
  for (const filter of filters) {
    if (filter.type !== 'ExternalAuth' || !filter.backend) continue;
    const resolved = resolveBackend(model, route, filter.backend);
    if (!resolved.ok) return because(`the auth service cannot be asked: ${resolved.message}`);
    const { owner, port } = resolved;
    const name = `${owner.namespace}/${owner.name}:${port.port}`;
    const { backend } = endpointsOutcome(model, owner, port, [], 'ROUTED');
    if (!backend || backend.endpoints.length === 0) return because(`the auth service ${name} cannot be asked: it has no ready endpoint`);
    if (auth) {
      if (auth.status !== 200) return { fails: undefined, refusedBy: name, request, passed };
      introduced = { ...introduced, headers: introducing(introduced.headers, auth, filter.responseHeaders) };
      continue;
    }
    const message = `the client is taken to be let through by the auth service ${name}, which may add headers to the request`;
    passed.push({ code: 'AUTHENTICATION_PASSED', message });
  }
  return { fails: undefined, refusedBy: undefined, request: introduced, passed };
}

/** "If this list is empty, then all headers from the authorization server except Authority or Host must be copied" (`HTTPAuthConfig.AllowedResponseHeaders`). */
function introducing(headers: readonly Header[], auth: AuthAnswer, allowed: readonly string[]): readonly Header[] {
  const isAllowed = (name: string) =>
    allowed.length === 0 ? !/^(:?authority|host)$/i.test(name) : allowed.some((one) => one.toLowerCase() === name.toLowerCase());
  let changed = headers;
  for (const [name, value] of auth.headers) if (isAllowed(name)) changed = withHeader(changed, name, value);
  return changed;
}
