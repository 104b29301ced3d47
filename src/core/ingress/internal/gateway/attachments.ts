import { describeRef } from '../../../kernel/object-ref.js';
import { commonHostname } from './hostnames.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ParentReference } from '../../../resources/gateway-reference.js';
import type { GatewayRoute } from '../../../resources/gateway-route.js';
import { namespaceAllowed } from './allowed-namespaces.js';
import type { Claim } from './claims.js';
import type { JudgedListener } from './listener-status.js';
import { byAge } from './listeners.js';

/** A route on one listener, with the hostnames under which it is reached there; undefined: every name. */
export interface AttachedRoute {
  readonly listener: JudgedListener;
  readonly hostnames: readonly (string | undefined)[];
}

/** What became of one `parentRefs` entry of a route. */
export interface Attachment {
  readonly route: GatewayRoute;
  readonly parent: ParentReference;
  readonly attached: readonly AttachedRoute[];
  /** Why it is attached to no listener. */
  readonly refusal: { readonly reason: string; readonly message: string } | undefined;
}

/** Attaches routes to the listeners that their `parentRefs` name (6.2, rules G5 to G10), then keeps HTTP and gRPC apart (rule G38). */
export function attachments(model: NetworkModel, claims: readonly Claim[], listeners: readonly JudgedListener[]): readonly Attachment[] {
  return apart(claims.map(({ route, parent }) => attach(model, route, parent, listeners)));
}

function attach(model: NetworkModel, route: GatewayRoute, parent: ParentReference, listeners: readonly JudgedListener[]): Attachment {
  const refused = (reason: string, message: string): Attachment => ({ route, parent, attached: [], refusal: { reason, message } });
  const parentNamespace = parent.namespace ?? route.namespace;
  const named = listeners.filter(
    ({ owner, listener }) =>
      owner.kind === parent.kind &&
      owner.ref.name === parent.name &&
      owner.namespace === parentNamespace &&
      (parent.sectionName === undefined || parent.sectionName === listener.name) &&
      (parent.port === undefined || parent.port === listener.port),
  );
  const where = `${parent.kind} ${parentNamespace}/${parent.name}`;
  if (named.length === 0) return refused('NoMatchingParent', `${where} has no listener${sectionText(parent)}`);
  const open = named.filter(
    ({ owner, listener, kinds }) =>
      kinds.some((kind) => kind === route.kind) && namespaceAllowed(model, listener.allowedNamespaces, owner.namespace, route.namespace),
  );
  if (open.length === 0)
    return refused('NotAllowedByListeners', `no listener of ${where} takes ${route.kind}s of namespace ${route.namespace}`);
  const attached = open.flatMap((listener): readonly AttachedRoute[] => {
    const hostnames = hostnamesOn(route, listener);
    return hostnames.length === 0 ? [] : [{ listener, hostnames }];
  });
  if (attached.length > 0) return { route, parent, attached, refusal: undefined };
  const offered = [...new Set(open.map(({ listener }) => `\`${listener.hostname ?? '*'}\` of \`${listener.name}\``))]
    .slice(0, 5)
    .join(', ');
  const own = route.hostnames.map((name) => `\`${name}\``).join(', ');
  return refused('NoMatchingListenerHostname', `none of ${own} meets a hostname of ${where}: ${offered}`);
}

function sectionText({ sectionName, port }: ParentReference): string {
  const parts = [...(sectionName === undefined ? [] : [`named \`${sectionName}\``]), ...(port === undefined ? [] : [`on port ${port}`])];
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

/** Hostnames that do not meet the listener's are ignored one by one (rule G9). */
function hostnamesOn(route: GatewayRoute, { listener }: JudgedListener): readonly (string | undefined)[] {
  if (route.kind === 'TCPRoute' || route.kind === 'UDPRoute' || route.hostnames.length === 0) return [listener.hostname];
  return [...new Set(route.hostnames.flatMap((hostname) => commonHostname(listener.hostname, hostname) ?? []))];
}

/** A route that was accepted on a listener. */
interface Kept {
  readonly route: GatewayRoute;
  readonly hostnames: readonly (string | undefined)[];
}

/** An HTTPRoute and a GRPCRoute that meet on a hostname of one listener: the older is accepted, the other is not (`apis/v1/grpcroute_types.go`). */
function apart(all: readonly Attachment[]): readonly Attachment[] {
  const kept = new Map<JudgedListener, Record<'HTTPRoute' | 'GRPCRoute', Kept[]>>();
  const refusals = new Map<AttachedRoute, string>();
  for (const { route, attached } of [...all].sort((x, y) => byAge(x.route, y.route))) {
    if (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute') continue;
    for (const one of attached) {
      const here = kept.get(one.listener) ?? { HTTPRoute: [], GRPCRoute: [] };
      kept.set(one.listener, here);
      const others = here[route.kind === 'HTTPRoute' ? 'GRPCRoute' : 'HTTPRoute'];
      const clash = others.find((other) => meet(other.hostnames, one.hostnames));
      if (clash) refusals.set(one, `${describeRef(clash.route.ref)} is older and claims the same hostname`);
      else here[route.kind].push({ route, hostnames: one.hostnames });
    }
  }
  if (refusals.size === 0) return all;
  return all.map((attachment) => {
    const attached = attachment.attached.filter((one) => !refusals.has(one));
    const message = attachment.attached.map((one) => refusals.get(one)).find((text) => text !== undefined);
    const refusal = attached.length > 0 || message === undefined ? attachment.refusal : { reason: 'Conflicted', message };
    return { ...attachment, attached, refusal };
  });
}

function meet(a: readonly (string | undefined)[], b: readonly (string | undefined)[]): boolean {
  return a.some((one) => b.some((other) => other === undefined || commonHostname(one, other) !== undefined));
}
