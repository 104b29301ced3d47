import type { NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP, NO_HOST, type ObjectReference } from '../../../resources/gateway-reference.js';
import type { ClientValidation, Gateway, GatewayListener, RouteKind } from '../../../resources/gateway.js';
import type { Condition } from '../../gateway-status-result.js';
import { fails, holds } from './conditions.js';
import { authorityFault } from './authorities.js';
import { listenerKinds } from './listener-kinds.js';
import type { PlacedListener } from './listeners.js';
import { certificateFault } from './secret-reference.js';

/** A listener and what becomes of it (`status.listeners[]`), but for the routes. */
export interface JudgedListener extends PlacedListener {
  readonly gateway: Gateway;
  readonly kinds: readonly RouteKind[];
  /** The references to Secrets that can be used. */
  readonly certificates: readonly ObjectReference[];
  /** How clients are checked; undefined: they are not asked for a certificate. */
  readonly clientValidation: ClientValidation | undefined;
  readonly accepted: boolean;
  readonly programmed: boolean;
  readonly conditions: readonly Condition[];
}

interface Fault {
  readonly reason: string;
  readonly message: string;
}

/**
 * Judges one listener: its kinds, its certificates, those of its clients, its conflicts (rules G3, G6, G27, G28, G42); `overlap` is another one whose TLS overlaps with its
 * own (G47).
 */
export function judgeListener(model: NetworkModel, gateway: Gateway, placed: PlacedListener, overlap: string | undefined): JudgedListener {
  const { listener, owner, conflict } = placed;
  const kinds = listenerKinds(listener);
  const certificates = listener.tls?.mode === 'Passthrough' ? [] : (listener.tls?.certificateRefs ?? []);
  const from = { group: GATEWAY_GROUP, kind: owner.kind, namespace: owner.namespace };
  const faultOf = (reference: ObjectReference) => certificateFault(model, from, reference, 'InvalidCertificateRef');
  const faulty = certificates.flatMap((reference) => faultOf(reference) ?? []);
  const usable = certificates.filter((reference) => faultOf(reference) === undefined);
  const clientValidation = validationOf(gateway, listener);
  const authorities = clientValidation
    ? authorityFault(model, { group: GATEWAY_GROUP, kind: 'Gateway', namespace: gateway.namespace }, clientValidation.caCertificateRefs)
    : undefined;
  const kindFault = invalidKinds(kinds.invalid);
  const [unresolved] = [...kindFault, ...faulty, ...(authorities ? [authorities.fault] : [])];
  const refusal = refusalOf(listener, conflict, authorities?.none === true);
  const accepted = refusal === undefined;
  const needsCertificate = certificates.length > 0 && usable.length === 0;
  const unserved = refusal ?? tlsFault(listener, needsCertificate);
  return {
    ...placed,
    gateway,
    kinds: kinds.supported,
    certificates: usable,
    clientValidation,
    accepted,
    programmed: unserved === undefined,
    conditions: [
      refusal ? fails('Accepted', refusal.reason, refusal.message) : holds('Accepted', 'Accepted', 'the listener is accepted'),
      unserved ? fails('Programmed', unserved.reason, unserved.message) : holds('Programmed', 'Programmed', 'the listener is served'),
      unresolved
        ? fails('ResolvedRefs', unresolved.reason, unresolved.message)
        : holds('ResolvedRefs', 'ResolvedRefs', 'every reference is resolved'),
      conflict
        ? holds('Conflicted', conflict.reason, conflictText(listener, conflict))
        : fails('Conflicted', 'NoConflicts', 'no other listener clashes with it'),
      ...(overlap === undefined ? [] : [holds('OverlappingTLSConfig', 'OverlappingHostnames', overlapText(overlap))]),
    ],
  };
}

/** A listener inside TLS needs to be told how (`Listener.TLS`: "required if the Protocol field is HTTPS or TLS"). */
function tlsFault({ protocol, tls }: GatewayListener, needsCertificate: boolean): Fault | undefined {
  if (needsCertificate) return { reason: 'Invalid', message: 'no certificate of the listener can be used' };
  if (tls || (protocol !== 'HTTPS' && protocol !== 'TLS')) return undefined;
  return { reason: 'Invalid', message: `a listener for ${protocol} needs \`tls\`` };
}

function invalidKinds(invalid: readonly string[]): readonly Fault[] {
  if (invalid.length === 0) return [];
  return [
    { reason: 'InvalidRouteKinds', message: `the protocol of the listener carries no ${invalid.map((kind) => `\`${kind}\``).join(', ')}` },
  ];
}

function overlapText(other: string): string {
  return `its hostname overlaps with that of listener \`${other}\`: clients may reuse the connection to one for the other`;
}

function conflictText({ port }: GatewayListener, conflict: NonNullable<PlacedListener['conflict']>): string {
  const what = conflict.reason === 'HostnameConflict' ? 'claims the same hostname' : 'speaks another protocol';
  return `listener \`${conflict.with}\` ${what} on port ${port}`;
}

function refusalOf(listener: GatewayListener, conflict: PlacedListener['conflict'], noAuthority: boolean): Fault | undefined {
  if (conflict) return { reason: conflict.reason, message: conflictText(listener, conflict) };
  if (listener.protocol === undefined) return { reason: 'UnsupportedProtocol', message: 'the specification names no such protocol' };
  if (listener.hostname === NO_HOST) return { reason: 'Invalid', message: 'the API server refuses the hostname: it covers no name' };
  if (noAuthority)
    return { reason: 'NoValidCACertificate', message: 'no certificate of an authority that clients are checked against can be used' };
  return undefined;
}

/** Clients are checked on listeners that end TLS for HTTP, by the port before the default. */
function validationOf({ clientValidation }: Gateway, { port, protocol }: GatewayListener): ClientValidation | undefined {
  if (protocol !== 'HTTPS') return undefined;
  return clientValidation.perPort.has(port) ? clientValidation.perPort.get(port) : clientValidation.byDefault;
}
