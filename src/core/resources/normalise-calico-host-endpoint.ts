import type { ObjectRef } from '../kernel/object-ref.js';
import { IP_PROTOCOLS } from '../net/ip-protocol.js';
import type { CalicoHostEndpoint } from './calico-host-endpoint.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readIpProtocol } from './internal/read-ip-protocol.js';
import { readResource } from './internal/read-resource.js';

const FIELDS: ReadonlySet<string> = new Set(['node', 'interfaceName', 'expectedIPs', 'profiles', 'ports']);
const PORT_FIELDS: ReadonlySet<string> = new Set(['name', 'protocol', 'port']);
const INTERFACE = /^(\*|[a-zA-Z0-9_.-]{1,15})$/;
const WITH_PORTS: ReadonlySet<number> = new Set([IP_PROTOCOLS.TCP, IP_PROTOCOLS.UDP, IP_PROTOCOLS.SCTP]);

/** Reads a HostEndpoint (projectcalico/calico `api/pkg/apis/projectcalico/v3/hostendpoint.go`). */
export function normaliseCalicoHostEndpoint(root: ObjectReader, ref: ObjectRef): CalicoHostEndpoint {
  if (!root.has('spec')) root.error('missing-field', 'spec', 'a HostEndpoint needs a spec');
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(FIELDS);
  const node = spec.filledText('node');
  if (node === undefined && !spec.has('node')) spec.error('missing-field', 'node', 'a HostEndpoint needs the node that it is on');
  const interfaceName = spec.filledText('interfaceName');
  if (interfaceName !== undefined && !INTERFACE.test(interfaceName)) {
    spec.error('invalid-value', 'interfaceName', `\`${interfaceName}\` is no name of an interface, and not \`*\``);
  }
  const expectedIPs = spec.ips('expectedIPs');
  if (interfaceName === undefined && expectedIPs.length === 0) {
    spec.error('missing-field', 'interfaceName', 'a HostEndpoint needs an interfaceName, expectedIPs, or both');
  }
  const ports = spec.objects('ports').flatMap(readPort);
  return {
    ...readResource(root, ref),
    kind: 'HostEndpoint',
    node,
    interfaceName,
    expectedIPs,
    profiles: spec.texts('profiles'),
    ports,
  };
}

function readPort(reader: ObjectReader): CalicoHostEndpoint['ports'] {
  reader.expectOnly(PORT_FIELDS);
  const [name, protocol, port] = [reader.filledText('name'), readIpProtocol(reader, 'protocol'), reader.integer('port', 1, 65535)];
  for (const field of PORT_FIELDS) if (!reader.has(field)) reader.error('missing-field', field, `a named port needs its ${field}`);
  if (protocol !== undefined && !WITH_PORTS.has(protocol)) reader.error('invalid-value', 'protocol', 'a port is one of TCP, UDP or SCTP');
  return name === undefined || protocol === undefined || port === undefined ? [] : [{ name, protocol, port }];
}
