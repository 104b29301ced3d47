import { didYouMeanHint } from '../kernel/did-you-mean.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import { type Cidr, cidrOf, parseCidr } from '../net/cidr.js';
import { familyBits, type Ip, parseIp } from '../net/ip.js';
import type { EndpointToHostAction, FailsafePort, FelixConfiguration } from './felix-configuration.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

const LARGEST_MTU = 65_535;
const ACTIONS: readonly EndpointToHostAction[] = ['Accept', 'Drop', 'Return'];
const SERVICE_MODES = ['Tunnel', 'DSR'] as const;
const CONNECT_TIME = ['TCP', 'Enabled', 'Disabled'] as const;
const NAT_EXCLUSIONS = ['IPPoolsOnly', 'IPPoolsAndHostIPs'] as const;
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
const PORT_FIELDS: ReadonlySet<string> = new Set(['protocol', 'port', 'net']);

/** Reads a Calico FelixConfiguration (projectcalico/calico `api/pkg/apis/projectcalico/v3/felixconfig.go`). */
export function normaliseFelixConfiguration(root: ObjectReader, ref: ObjectRef): FelixConfiguration {
  const spec = root.object('spec') ?? root.empty('spec');
  return {
    ...readResource(root, ref),
    kind: 'FelixConfiguration',
    bpfEnabled: spec.boolean('bpfEnabled'),
    wireguardEnabled: spec.boolean('wireguardEnabled'),
    bpfExternalServiceMode: spec.oneOf('bpfExternalServiceMode', SERVICE_MODES),
    bpfConnectTimeLoadBalancing: spec.oneOf('bpfConnectTimeLoadBalancing', CONNECT_TIME),
    ipipEnabled: spec.boolean('ipipEnabled'),
    vxlanEnabled: spec.boolean('vxlanEnabled'),
    wireguardEnabledV6: spec.boolean('wireguardEnabledV6'),
    wireguardHostEncryptionEnabled: spec.boolean('wireguardHostEncryptionEnabled'),
    ipipMTU: spec.integer('ipipMTU', 0, LARGEST_MTU),
    vxlanMTU: spec.integer('vxlanMTU', 0, LARGEST_MTU),
    vxlanMTUV6: spec.integer('vxlanMTUV6', 0, LARGEST_MTU),
    wireguardMTU: spec.integer('wireguardMTU', 0, LARGEST_MTU),
    wireguardMTUV6: spec.integer('wireguardMTUV6', 0, LARGEST_MTU),
    vxlanVNI: spec.integer('vxlanVNI', 1, 16_777_215),
    vxlanPort: spec.integer('vxlanPort', 1, 65_535),
    natOutgoingExclusions: spec.oneOf('natOutgoingExclusions', NAT_EXCLUSIONS),
    natOutgoingAddress: readAddress(spec, 'natOutgoingAddress'),
    endpointToHost: readAction(spec, 'defaultEndpointToHostAction'),
    failsafeInbound: readFailsafePorts(spec, 'failsafeInboundHostPorts'),
    failsafeOutbound: readFailsafePorts(spec, 'failsafeOutboundHostPorts'),
  };
}

/** "NATOutgoingAddress specifies an address to use when performing source NAT for traffic in a natOutgoing pool that is leaving the network." */
function readAddress(spec: ObjectReader, field: string): Ip | undefined {
  const text = spec.filledText(field);
  const ip = text === undefined ? undefined : parseIp(text.trim());
  if (text !== undefined && !ip) spec.error('invalid-value', field, `\`${text}\` is no IP address`);
  return ip;
}

/** "^(?i)(Drop|Accept|Return)?$". */
function readAction(spec: ObjectReader, field: string): EndpointToHostAction | undefined {
  const text = spec.filledText(field);
  const action = text === undefined ? undefined : ACTIONS.find((one) => one.toLowerCase() === text.toLowerCase());
  if (text !== undefined && !action)
    spec.error('invalid-value', field, `\`${text}\` is none of ${ACTIONS.join(', ')}`, didYouMeanHint(text, ACTIONS));
  return action;
}

/** "If the protocol is not specified, it defaults to tcp. If a CIDR is not specified, it will allow traffic from all addresses. To disable all, use []." */
function readFailsafePorts(spec: ObjectReader, field: string): readonly FailsafePort[] | undefined {
  return spec.has(field) ? spec.objects(field).flatMap(readFailsafePort) : undefined;
}

/** A port that cannot be read is not open. */
function readFailsafePort(reader: ObjectReader): readonly FailsafePort[] {
  reader.expectOnly(PORT_FIELDS);
  const text = reader.filledText('protocol') ?? reader.default('protocol', 'TCP');
  const protocol = PROTOCOLS.find((one) => one === text.toUpperCase());
  if (!protocol)
    reader.error('invalid-value', 'protocol', `\`${text}\` is none of ${PROTOCOLS.join(', ')}`, didYouMeanHint(text, PROTOCOLS));
  const port = reader.integer('port', 1, 65_535);
  if (!reader.has('port')) reader.error('missing-field', 'port', 'a failsafe port needs its number');
  const net = readNet(reader);
  if (net === 'unreadable' || !protocol || port === undefined) return [];
  return [{ pointer: reader.pointer, protocol, port, net }];
}

/** A prefix, or one address. */
function readNet(reader: ObjectReader): Cidr | 'unreadable' | undefined {
  const text = reader.filledText('net');
  if (text === undefined) return reader.has('net') && reader.raw('net') !== '' ? 'unreadable' : undefined;
  const ip = parseIp(text.trim());
  const cidr = ip ? cidrOf(ip, familyBits(ip.family)) : parseCidr(text.trim());
  if (!cidr) reader.error('invalid-value', 'net', `\`${text}\` is not an address, and not a CIDR such as \`10.0.0.0/8\``);
  return cidr ?? 'unreadable';
}
