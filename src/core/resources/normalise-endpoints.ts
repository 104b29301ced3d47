import type { ObjectRef } from '../kernel/object-ref.js';
import { formatIp } from '../net/ip.js';
import type { Endpoint, Endpoints } from './endpoint-slice.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readEndpointPort } from './internal/read-endpoint-port.js';
import { readResource } from './internal/read-resource.js';
import { readTargetRef } from './internal/read-target-ref.js';

/** Reads v1 Endpoints (deprecated by KEP-4974, and still what old dumps hold). */
export function normaliseEndpoints(root: ObjectReader, ref: ObjectRef): Endpoints {
  const subsets = root.objects('subsets').map((subset) => ({
    addresses: subset.objects('addresses').flatMap((address) => readAddress(address, true)),
    notReadyAddresses: subset.objects('notReadyAddresses').flatMap((address) => readAddress(address, false)),
    ports: subset.objects('ports').flatMap(readEndpointPort),
  }));
  return { ...readResource(root, ref), kind: 'Endpoints', subsets };
}

function readAddress(reader: ObjectReader, ready: boolean): readonly Endpoint[] {
  const ip = reader.ip('ip');
  if (!ip) {
    if (!reader.has('ip')) reader.error('missing-field', 'ip', 'an endpoint address needs an ip');
    return [];
  }
  const fixed = { serving: ready, terminating: false, zone: undefined, zoneHints: [], nodeHints: [] };
  const { hostname, nodeName } = { hostname: reader.filledText('hostname'), nodeName: reader.filledText('nodeName') };
  return [{ addresses: [formatIp(ip)], ready, hostname, nodeName, targetRef: readTargetRef(reader), ...fixed }];
}
