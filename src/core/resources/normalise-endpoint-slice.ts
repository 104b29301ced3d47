import type { ObjectRef } from '../kernel/object-ref.js';
import { canonicalIp } from '../net/ip.js';
import type { Endpoint, EndpointSlice } from './endpoint-slice.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readEndpointPort } from './internal/read-endpoint-port.js';
import { readResource } from './internal/read-resource.js';
import { readTargetRef } from './internal/read-target-ref.js';

const SERVICE_NAME = 'kubernetes.io/service-name';
const ADDRESS_TYPES: readonly EndpointSlice['addressType'][] = ['IPv4', 'IPv6', 'FQDN'];

/** Reads a `discovery.k8s.io` EndpointSlice; v1beta1 kept node and zone in a `topology` map. */
export function normaliseEndpointSlice(root: ObjectReader, ref: ObjectRef): EndpointSlice {
  const resource = readResource(root, ref);
  if (!root.has('addressType')) root.error('missing-field', 'addressType', 'an EndpointSlice needs an addressType: IPv4, IPv6 or FQDN');
  const addressType = root.oneOf('addressType', ADDRESS_TYPES) ?? 'IPv4';
  return {
    ...resource,
    kind: 'EndpointSlice',
    serviceName: resource.labels[SERVICE_NAME] || undefined,
    addressType,
    endpoints: root.objects('endpoints').map((endpoint) => readEndpoint(endpoint, addressType)),
    ports: root.objects('ports').flatMap(readEndpointPort),
  };
}

function readEndpoint(reader: ObjectReader, addressType: EndpointSlice['addressType']): Endpoint {
  const conditions = reader.object('conditions');
  const ready = conditions?.boolean('ready') ?? true;
  const hints = reader.object('hints');
  const topology = reader.labels('topology');
  return {
    addresses: readAddresses(reader, addressType),
    ready,
    // Before `serving` existed a slice told only `ready`; the API says: missing means true.
    serving: conditions?.boolean('serving') ?? true,
    terminating: conditions?.boolean('terminating') ?? false,
    hostname: reader.filledText('hostname'),
    nodeName: reader.filledText('nodeName') ?? topology['kubernetes.io/hostname'],
    zone: reader.filledText('zone') ?? topology['topology.kubernetes.io/zone'],
    targetRef: readTargetRef(reader),
    zoneHints: hints ? readNames(hints, 'forZones') : [],
    nodeHints: hints ? readNames(hints, 'forNodes') : [],
  };
}

function readAddresses(reader: ObjectReader, addressType: EndpointSlice['addressType']): readonly string[] {
  const texts = reader.texts('addresses');
  if (addressType === 'FQDN') return texts;
  return texts.flatMap((text, index) => {
    const address = canonicalIp(text);
    if (address === undefined) {
      reader.findings.report('error', 'invalid-value', `${reader.at('addresses')}/${index}`, `\`${text}\` is not an IP address`);
    }
    return address ?? [];
  });
}

function readNames(hints: ObjectReader, field: string): readonly string[] {
  return hints.objects(field).flatMap((hint) => hint.filledText('name') ?? []);
}
