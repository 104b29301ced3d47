import { inMap } from '../../../kernel/in-map.js';
import { describeRef } from '../../../kernel/object-ref.js';
import { HostnameClaims } from './hostname-claims.js';
import { commonHostname } from './hostnames.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ParentReference } from '../../../resources/gateway-reference.js';
import type { GatewayRoute } from '../../../resources/gateway-route.js';
import { namespaceAllowed } from './allowed-namespaces.js';
import type { Claim } from './claims.js';
import type { JudgedListener } from './listener-status.js';
import { byAge } from './listeners.js';
import { unservable } from './rule-faults.js';

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
  const byOwner = new Map<string, JudgedListener[]>();
  for (const one of listeners)
    inMap(byOwner, ownerKey(one.owner.kind, one.owner.namespace, one.owner.ref.name), (): JudgedListener[] => []).push(one);
  return apart(
    claims.map(({ route, parent }) =>
      attach(model, route, parent, byOwner.get(ownerKey(parent.kind, parent.namespace ?? route.namespace, parent.name)) ?? []),
    ),
  );
}

const ownerKey = (kind: string, namespace: string, name: string) => `${kind} ${namespace}/${name}`;

/** Attaches a route to the listeners of its parent. */
function attach(model: NetworkModel, route: GatewayRoute, parent: ParentReference, listeners: readonly JudgedListener[]): Attachment {
  const refused = (reason: string, message: string): Attachment => ({ route, parent, attached: [], refusal: { reason, message } });
  const named = listeners.filter(
    ({ listener }) =>
      (parent.sectionName === undefined || parent.sectionName === listener.name) &&
      (parent.port === undefined || parent.port === listener.port),
  );
  const where = ownerKey(parent.kind, parent.namespace ?? route.namespace, parent.name);
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

/** The routes that were accepted on a listener, by kind. */
type Kept = Readonly<Record<'HTTPRoute' | 'GRPCRoute', HostnameClaims<GatewayRoute>>>;

/**
 * An HTTPRoute and a GRPCRoute that meet on a hostname of one listener: the older is accepted, the other is not (`apis/v1/grpcroute_types.go`). A route of which no rule can be
 * served is not accepted anyway: it gives way to whatever can be served.
 */
function apart(all: readonly Attachment[]): readonly Attachment[] {
  const kept = new Map<JudgedListener, Kept>();
  const refusals = new Map<AttachedRoute, string>();
  for (const { route, attached } of [...all].sort((x, y) => servableFirst(x.route, y.route))) {
    if (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute') continue;
    for (const one of attached) {
      const here = inMap(kept, one.listener, (): Kept => ({ HTTPRoute: new HostnameClaims(), GRPCRoute: new HostnameClaims() }));
      const clash = here[route.kind === 'HTTPRoute' ? 'GRPCRoute' : 'HTTPRoute'].meeting(one.hostnames);
      if (clash) refusals.set(one, `${describeRef(clash.ref)} is older and claims the same hostname`);
      else here[route.kind].add(one.hostnames, route);
    }
  }
  if (refusals.size === 0) return all;
  return all.map((attachment) => {
    const attached = attachment.attached.filter((one) => !refusals.has(one));
    const message = attachment.attached.map((one) => refusals.get(one)).find((text) => text !== undefined);
    const refusal =
      attached.length > 0 || message === undefined
        ? attachment.refusal
        : (unservable(attachment.route) ?? { reason: 'Conflicted', message });
    return { ...attachment, attached, refusal };
  });
}

const servableFirst = (a: GatewayRoute, b: GatewayRoute) =>
  Number(unservable(a) !== undefined) - Number(unservable(b) !== undefined) || byAge(a, b);
