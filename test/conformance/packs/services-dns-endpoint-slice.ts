import { addressTypes } from '../../../src/core/model/endpoints/address-types.js';
import { findPort } from '../../../src/core/model/endpoints/find-port.js';
import { podPorts } from '../../../src/core/model/endpoints/pod-ports.js';
import { hasHostname } from '../../../src/core/model/endpoints/pod-to-endpoint.js';
import { sliceLabels } from '../../../src/core/model/endpoints/slice-labels.js';
import { hintsEnabled } from '../../../src/core/model/endpoints/traffic-hints.js';
import type { ModelService } from '../../../src/core/model/network-model.js';
import type { Endpoint } from '../../../src/core/resources/endpoint-slice.js';
import type { KubernetesObject } from '../../../src/core/resources/kubernetes-object.js';
import { normaliseObject } from '../../../src/core/resources/normalise-object.js';
import type { Container, Pod } from '../../../src/core/resources/pod.js';
import type { Service } from '../../../src/core/resources/service.js';
import { modelOf } from '../../support/model.js';

type Input = Readonly<Record<string, unknown>>;

/** `endpoints/endpointslice.json`, a function a group: what the case asks, in the shape of its `expect`. */
export const ENDPOINT_SLICE: Readonly<Record<string, (input: Input) => unknown>> = {
  'pod-to-endpoint': ({ pod, node, service, addressType }) => {
    const objects = [pod, service, ...(node === null ? [] : [node])] as readonly KubernetesObject[];
    const slice = onlyService(objects).endpoints.slices.find((one) => one.addressType === addressType);
    return { endpoint: endpointView(slice?.endpoints[0]) };
  },
  'endpoint-ports': ({ service, pod }) => ({
    ports: podPorts(serviceOf(service), podOf(pod).spec).ports.map(({ name, port, protocol, appProtocol }) => ({
      name,
      port,
      protocol,
      appProtocol,
    })),
  }),
  'find-port': ({ pod, servicePort }) => {
    // As the row writes the containers: normalising would drop a port that the API server refuses.
    const found = findPort({ containers: containersAsWritten(pod) }, servicePort as Parameters<typeof findPort>[1]);
    return typeof found === 'number' ? { found: true, port: found } : { found: false, port: null };
  },
  'slice-labels': ({ service, existingSliceLabels, controllerName }) => {
    const read = serviceOf(service);
    const labels = sliceLabels(read, read.headless, String(controllerName));
    return { labels, serviceLabelsChanged: JSON.stringify(ownLabels(labels)) !== JSON.stringify(ownLabels(existingSliceLabels as Labels)) };
  },
  'address-types': ({ service }) => ({
    addressTypes: addressTypes(serviceOf(service))
      .map((family) => `IPv${family}`)
      .sort(),
  }),
  'hints-enabled': ({ annotations }) => ({ enabled: hintsEnabled(annotations as Labels) }),
  'should-pod-be-in-endpoints': ({ pod }) => ({ included: isIncluded(pod as KubernetesObject) }),
  'should-set-hostname': ({ pod, service }) => {
    const { ref, spec } = podOf(pod);
    return { hostnameSet: hasHostname({ namespace: ref.namespace ?? '', spec }, serviceOf(service)) };
  },
  'derive-one-pod': ({ service, objects }) => ({
    slices: derived(service, objects).slices.map(({ addressType, labels, endpoints }) => ({
      addressType,
      labels,
      endpoints: endpoints.map(endpointView),
    })),
  }),
  'missing-node': ({ service, objects }) => {
    const { slices, candidates } = derived(service, objects);
    const addresses = slices.flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.addresses));
    return { sliceCount: slices.length, addresses: addresses.sort(), retry: candidates.some(({ reason }) => reason === 'NODE_MISSING') };
  },
  'traffic-distribution': ({ service, objects }) => {
    const endpoints = derived(service, objects).slices.flatMap((slice) => slice.endpoints);
    return {
      endpointsByZoneHint: countBy(endpoints.flatMap(({ zoneHints }) => zoneHints)),
      endpointsByNodeHint: countBy(endpoints.flatMap(({ nodeHints }) => nodeHints)),
      endpointsWithoutZoneHint: endpoints.filter(({ zoneHints }) => zoneHints.length === 0).length,
      endpointsHintedToAnotherZone: endpoints.filter(({ zone, zoneHints }) => zoneHints.length > 0 && !zoneHints.includes(zone ?? ''))
        .length,
    };
  },
};

type Labels = Readonly<Record<string, string>>;

const RESERVED = new Set(['kubernetes.io/service-name', 'endpointslice.kubernetes.io/managed-by', 'service.kubernetes.io/headless']);

function ownLabels(labels: Labels): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([name]) => !RESERVED.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** An endpoint as the API writes it; what is not set is left out. */
function endpointView(endpoint: Endpoint | undefined): unknown {
  if (!endpoint) return undefined;
  const { addresses, ready, serving, terminating, hostname, nodeName, zone, targetRef } = endpoint;
  return { addresses, conditions: { ready, serving, terminating }, hostname, nodeName, zone, targetRef };
}

function serviceOf(object: unknown): Service {
  const { resource } = normaliseObject(object as KubernetesObject);
  if (resource?.kind !== 'Service') throw new Error('the service of the case is none');
  return resource;
}

function podOf(object: unknown): Pod {
  const { resource } = normaliseObject(object as KubernetesObject);
  if (resource?.kind !== 'Pod') throw new Error('the pod of the case is none');
  return resource;
}

function containersAsWritten(pod: unknown): readonly Container[] {
  const { spec } = pod as { spec: { containers: readonly { name: string; ports?: readonly Container['ports'][number][] }[] } };
  return spec.containers.map(({ name, ports = [] }) => ({ name, ports, sidecar: false }));
}

function onlyService(objects: readonly KubernetesObject[]): ModelService {
  const [service] = modelOf(objects).services.values();
  if (!service) throw new Error('the case has no service');
  return service;
}

function derived(service: unknown, objects: unknown): ModelService['endpoints'] {
  const found = modelOf(objects as readonly KubernetesObject[]).services.get(service as string);
  if (!found) throw new Error(`the case has no service ${String(service)}`);
  return found.endpoints;
}

/** The row's pod on a node that exists, behind a service that selects it. */
function isIncluded(pod: KubernetesObject): boolean {
  const labels = { of: 'the row' };
  const placed: KubernetesObject = {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...(pod['spec'] as object), nodeName: 'node-1' },
  };
  const node: KubernetesObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } };
  const service: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: pod.metadata.namespace ?? 'default', name: 'of-the-row' },
    spec: { selector: labels, ports: [{ port: 80 }] },
  };
  return onlyService([placed, node, service]).endpoints.candidates[0]?.included ?? false;
}
