import { GATEWAY_GROUP } from '../../../resources/gateway-reference.js';
import type { GatewayListener, ListenerProtocol, RouteKind } from '../../../resources/gateway.js';

/** Kinds that a protocol can carry (rule G14). */
const KINDS: Readonly<Record<ListenerProtocol, readonly RouteKind[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
};

/** The kinds that may attach to a listener, and those it names that it cannot carry (rule G6). */
export function listenerKinds({ protocol, allowedKinds }: GatewayListener): {
  readonly supported: readonly RouteKind[];
  readonly invalid: readonly string[];
} {
  const carried = protocol === undefined ? [] : KINDS[protocol];
  if (!allowedKinds) return { supported: carried, invalid: [] };
  const isCarried = ({ group, kind }: { readonly group: string; readonly kind: string }) =>
    group === GATEWAY_GROUP && carried.some((one) => one === kind);
  return {
    supported: carried.filter((kind) => allowedKinds.some((one) => one.kind === kind && isCarried(one))),
    invalid: allowedKinds.filter((one) => !isCarried(one)).map(({ kind }) => kind),
  };
}
