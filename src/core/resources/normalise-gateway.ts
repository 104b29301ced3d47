import type { ObjectRef } from '../kernel/object-ref.js';
import { parseIp } from '../net/ip.js';
import {
  type AllowedNamespaces,
  type ClientValidation,
  type Gateway,
  type GatewayClass,
  type GatewayListener,
  LISTENER_PROTOCOLS,
  type ListenerSet,
  type ListenerTls,
  type ObservedCondition,
} from './gateway.js';
import { GATEWAY_GROUP } from './gateway-reference.js';
import type { ObjectReader } from './internal/object-reader.js';
import { checkHostname, readHostnameField } from './internal/read-gateway-hostname.js';
import { readObjectReference, readObjectReferences } from './internal/read-gateway-reference.js';
import { readLabelSelector } from './internal/read-label-selector.js';
import { MOST_GENERATIONS, readStatusedResource } from './internal/read-resource.js';

/** Reads a GatewayClass (gateway-api `apis/v1/gatewayclass_types.go`). */
export function normaliseGatewayClass(root: ObjectReader, ref: ObjectRef): GatewayClass {
  const spec = root.object('spec') ?? root.empty('spec');
  const controllerName = spec.filledText('controllerName');
  if (controllerName === undefined) spec.error('missing-field', 'controllerName', 'a GatewayClass needs the name of its controller');
  const parameters = spec.object('parametersRef');
  return {
    ...readStatusedResource(root, ref),
    kind: 'GatewayClass',
    controllerName: controllerName ?? '',
    parametersRef: parameters && readObjectReference(parameters, '', ''),
    supportedVersion: readCondition(root.object('status'), 'SupportedVersion'),
  };
}

/** Reads a Gateway (gateway-api `apis/v1/gateway_types.go`). */
export function normaliseGateway(root: ObjectReader, ref: ObjectRef): Gateway {
  const spec = root.object('spec') ?? root.empty('spec');
  const className = spec.filledText('gatewayClassName');
  if (className === undefined) spec.error('missing-field', 'gatewayClassName', 'a Gateway needs the name of its GatewayClass');
  const parameters = spec.object('infrastructure')?.object('parametersRef');
  const frontend = spec.object('tls')?.object('frontend');
  const own = spec.object('tls')?.object('backend')?.object('clientCertificateRef');
  return {
    ...readStatusedResource(root, ref),
    kind: 'Gateway',
    namespace: ref.namespace ?? 'default',
    className: className ?? '',
    listeners: readListeners(spec),
    isDefault: spec.oneOf('defaultScope', ['All', 'None']) === 'All',
    allowedListeners: readAllowedNamespaces(spec.object('allowedListeners'), 'None'),
    addresses: spec.objects('addresses').map(readAddress),
    observed: readObserved(root.object('status')),
    parametersRef: parameters && readObjectReference(parameters, '', ''),
    backendClientCertificate: own && readObjectReference(own, '', 'Secret'),
    clientValidation: { byDefault: readClientValidation(frontend?.object('default')), perPort: readPerPort(frontend) },
  };
}

function readObserved(status: ObjectReader | undefined): Gateway['observed'] {
  return { addresses: (status?.objects('addresses') ?? []).map(readAddress), programmed: readCondition(status, 'Programmed') };
}

function readCondition(status: ObjectReader | undefined, type: string): ObservedCondition | undefined {
  const written = status?.objects('conditions').find((condition) => condition.raw('type') === type);
  return (
    written && {
      status: written.text('status') ?? '',
      reason: written.text('reason') ?? '',
      message: written.text('message') ?? '',
      generation: written.integer('observedGeneration', 0, MOST_GENERATIONS),
    }
  );
}

function readAddress(reader: ObjectReader): Gateway['addresses'][number] {
  const type = reader.filledText('type') ?? 'IPAddress';
  const value = reader.text('value') ?? '';
  if (type === 'IPAddress' && value !== '' && parseIp(value) === undefined)
    reader.error('invalid-value', 'value', `\`${value}\` is no address`);
  if (type === 'Hostname' && value !== '') checkHostname(reader, 'value', value);
  return { pointer: reader.pointer, type, value };
}

/** Reads a ListenerSet (gateway-api `apis/v1/listenerset_types.go`). */
export function normaliseListenerSet(root: ObjectReader, ref: ObjectRef): ListenerSet {
  const spec = root.object('spec') ?? root.empty('spec');
  const parent = spec.object('parentRef');
  if (!parent) spec.error('missing-field', 'parentRef', 'a ListenerSet needs the Gateway it adds listeners to');
  return {
    ...readStatusedResource(root, ref),
    kind: 'ListenerSet',
    namespace: ref.namespace ?? 'default',
    parentRef: parent && readObjectReference(parent, GATEWAY_GROUP, 'Gateway'),
    listeners: readListeners(spec),
  };
}

function readListeners(spec: ObjectReader): readonly GatewayListener[] {
  const names = new Set<string>();
  if (spec.objects('listeners').length === 0) spec.error('missing-field', 'listeners', 'at least one listener has to be given');
  return spec.objects('listeners').flatMap((reader): readonly GatewayListener[] => {
    const [name, port] = [reader.filledText('name'), reader.integer('port', 1, 65535)];
    if (name === undefined) reader.error('missing-field', 'name', 'a listener needs a name');
    if (port === undefined && !reader.has('port')) reader.error('missing-field', 'port', 'a listener needs a port');
    if (name === undefined || port === undefined) return [];
    const allowed = reader.object('allowedRoutes');
    const { protocol, ownProtocol } = readProtocol(reader);
    checkProtocol(reader, protocol);
    if (names.has(name)) reader.error('duplicate', 'name', `an earlier listener is called \`${name}\`, too`);
    names.add(name);
    return [
      {
        pointer: reader.pointer,
        name,
        port,
        protocol,
        ownProtocol,
        hostname: readHostnameField(reader, 'hostname'),
        tls: readTls(reader.object('tls')),
        allowedNamespaces: readAllowedNamespaces(allowed, 'Same'),
        allowedKinds: allowed?.has('kinds') ? readKinds(allowed) : undefined,
      },
    ];
  });
}

/** Protocols of implementations have the name of a domain before them (`ProtocolType`). */
const OWN_PROTOCOL = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]+$/;

/** "All Core ProtocolType values MUST be treated case-insensitively by implementations" (`ProtocolType`; not so in the text of 1.6). */
function readProtocol(reader: ObjectReader): Pick<GatewayListener, 'protocol' | 'ownProtocol'> {
  const written = reader.filledText('protocol') ?? '';
  const known = LISTENER_PROTOCOLS.find((one) => one === written.toUpperCase());
  if (known !== undefined && known !== written)
    reader.warn('not-canonical', 'protocol', `\`${written}\` is taken for \`${known}\`, which older implementations ask to be written so`);
  if (known !== undefined) return { protocol: known, ownProtocol: undefined };
  if (!OWN_PROTOCOL.test(written)) return { protocol: reader.oneOf('protocol', LISTENER_PROTOCOLS), ownProtocol: undefined };
  reader.warn('not-modelled', 'protocol', `\`${written}\` is a protocol of an implementation, which is not modelled`);
  return { protocol: undefined, ownProtocol: written };
}

/** What a protocol cannot carry (the validations of `GatewaySpec.Listeners` and `ListenerTLSConfig`). */
function checkProtocol(reader: ObjectReader, protocol: GatewayListener['protocol']): void {
  const tls = reader.object('tls');
  const mode = tls?.raw('mode') ?? 'Terminate';
  if (!reader.has('tls') && protocol === 'TLS') reader.error('missing-field', 'tls', 'a listener for TLS needs `tls` with a `mode`');
  if (tls && (protocol === 'HTTP' || protocol === 'TCP' || protocol === 'UDP'))
    reader.error('invalid-value', 'tls', `a listener for ${protocol} has no TLS`);
  if (tls && protocol === 'HTTPS' && mode !== 'Terminate') tls.error('invalid-value', 'mode', 'a listener for HTTPS ends TLS: `Terminate`');
  if (tls && (protocol === 'HTTPS' || protocol === 'TLS') && mode === 'Terminate' && !tls.has('certificateRefs') && !tls.has('options'))
    tls.error('missing-field', 'certificateRefs', 'a listener that ends TLS needs `certificateRefs` or `options`');
  if (reader.filledText('hostname') !== undefined && (protocol === 'TCP' || protocol === 'UDP'))
    reader.error('invalid-value', 'hostname', `a listener for ${protocol} has no hostname`);
}

function readKinds(allowed: ObjectReader): GatewayListener['allowedKinds'] {
  const kinds = allowed.objects('kinds').map((kind) => ({
    group: kind.text('group') ?? GATEWAY_GROUP,
    kind: kind.filledText('kind') ?? '',
  }));
  return kinds.length === 0 ? undefined : kinds;
}

function readTls(reader: ObjectReader | undefined): ListenerTls | undefined {
  if (!reader) return undefined;
  return {
    mode: reader.oneOf('mode', ['Terminate', 'Passthrough']) ?? 'Terminate',
    certificateRefs: readObjectReferences(reader, 'certificateRefs', '', 'Secret'),
  };
}

/** A value that cannot be read admits nobody. */
function readAllowedNamespaces(owner: ObjectReader | undefined, byDefault: 'Same' | 'None'): AllowedNamespaces {
  const namespaces = owner?.object('namespaces');
  if (!namespaces?.has('from')) return { from: byDefault };
  const from = namespaces.oneOf('from', ['All', 'Same', 'Selector', 'None']) ?? 'None';
  if (from !== 'Selector') return { from };
  const selector = namespaces.object('selector');
  if (selector) return { from, selector: readLabelSelector(selector) };
  namespaces.error('missing-field', 'selector', '`from: Selector` needs a selector');
  return { from: 'None' };
}

function readClientValidation(owner: ObjectReader | undefined): ClientValidation | undefined {
  const validation = owner?.object('validation');
  if (!validation) return undefined;
  return {
    pointer: validation.pointer,
    caCertificateRefs: readObjectReferences(validation, 'caCertificateRefs', '', 'ConfigMap'),
    mode: validation.oneOf('mode', ['AllowValidOnly', 'AllowInsecureFallback']) ?? 'AllowValidOnly',
  };
}

function readPerPort(frontend: ObjectReader | undefined): ReadonlyMap<number, ClientValidation | undefined> {
  const entries = frontend?.objects('perPort') ?? [];
  return new Map(
    entries.flatMap((entry): readonly (readonly [number, ClientValidation | undefined])[] => {
      const port = entry.integer('port', 1, 65535);
      return port === undefined ? [] : [[port, readClientValidation(entry.object('tls'))]];
    }),
  );
}
