import type { GRPCMatch } from '../../../resources/gateway-route.js';

type Call = Pick<GRPCMatch, 'type' | 'service' | 'method'>;

/**
 * The expression that Traefik holds against the path of a call (traefik/traefik `pkg/provider/kubernetes/gateway/grpcroute.go`, `buildGRPCMethodRule`): it is open at its end, so that
 * an exact method takes calls of longer names, too. Undefined: every path.
 */
export function callPattern({ type, service, method }: Call): string | undefined {
  if (service === undefined && method === undefined) return undefined;
  const part = (text: string | undefined) => (text === undefined ? '[^/]+' : type === 'Exact' ? quoteMeta(text) : text);
  return `/${part(service)}/${part(method)}`;
}

/** Characters of the rule that Traefik writes for a match of a GRPCRoute: its priority, but for the hostname (`buildGRPCMatchRule`). */
export function callRuleLength(match: Call & Pick<GRPCMatch, 'headers'>): number {
  const pattern = callPattern(match);
  const path = pattern === undefined ? 'PathPrefix("/")' : `PathRegexp(${JSON.stringify(pattern)})`;
  const headers = match.headers.map(
    ({ type, name, value }) => `${type === 'Exact' ? 'Header' : 'HeaderRegexp'}(${JSON.stringify(name)},${JSON.stringify(value)})`,
  );
  return [path, ...headers].join(' && ').length;
}

/** As Go's `regexp.QuoteMeta`. */
function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
