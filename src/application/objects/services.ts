import { z } from 'zod';
import type { ModelService } from '../../core/model/network-model.js';
import { formatIp } from '../../core/net/ip.js';
import { defineCollection } from './collection.js';
import { LABELS, SOURCED_NUMBER, SOURCED_TEXT, sourcedText } from './view-schemas.js';

const PORT = z.object({
  name: z.string().describe('empty where the only port has none'),
  port: z.int(),
  protocol: z.string(),
  targetPort: z.union([z.int(), z.string()]),
  nodePort: SOURCED_NUMBER.nullable(),
  appProtocol: z.string().nullable(),
});

const VIEW = z
  .object({
    namespace: z.string(),
    name: z.string(),
    labels: LABELS,
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
    headless: z.boolean(),
    selector: LABELS.nullable().describe('null: selectorless'),
    clusterIPs: z.array(SOURCED_TEXT).describe('primary family first'),
    ports: z.array(PORT),
    externalName: z.string().nullable(),
    externalIPs: z.array(z.string()),
    loadBalancer: z.array(z.string()).describe('addresses and host names of its status'),
    endpoints: z.object({
      source: z.enum(['observed-slices', 'mirrored-endpoints', 'derived', 'not-imported', 'none']),
      ready: z.int(),
      notReady: z.int(),
    }),
  })
  .meta({ id: 'ModelService' });

/** The services of a model. */
export const SERVICES = defineCollection({
  noun: 'services',
  singular: 'service',
  about: 'Services, with the addresses and node ports they have or would get, and how many endpoints stand behind them.',
  scope: 'namespace',
  unknown: 'unknown-service',
  view: VIEW,
  fields: ['spec.type', 'spec.clusterIP'],
  example: { cluster: 'harbor', namespace: 'shop', name: 'web' },
  items: (model) => model.services.values(),
  row: ({ namespace, name, resource }) => ({ kind: '', namespace, name, labels: resource.labels }),
  field: ({ resource, clusterIPs: [ip] }, field) => {
    if (field === 'spec.type') return resource.type;
    if (resource.headless) return 'None';
    return ip ? formatIp(ip.value) : '';
  },
  show: (service) => {
    const { namespace, name, resource, clusterIPs, nodePorts } = service;
    return {
      namespace,
      name,
      labels: resource.labels,
      type: resource.type,
      headless: resource.headless,
      selector: resource.selector ?? null,
      clusterIPs: clusterIPs.map((ip) => sourcedText(ip, formatIp)),
      ports: resource.ports.map(({ appProtocol, nodePort: _given, ...port }, index) => {
        const nodePort = nodePorts[index];
        return { ...port, nodePort: nodePort ? { ...nodePort } : null, appProtocol: appProtocol ?? null };
      }),
      externalName: resource.externalName ?? null,
      externalIPs: resource.externalIPs.map(formatIp),
      loadBalancer: resource.loadBalancerIngress.flatMap(({ ip, hostname }) => (ip ? formatIp(ip) : (hostname ?? []))),
      endpoints: countEndpoints(service),
    };
  },
});

/** Distinct endpoints: one that is in the slices of both families counts once. */
function countEndpoints({ endpoints: { source, slices } }: ModelService): { source: typeof source; ready: number; notReady: number } {
  const ready = new Set<string>();
  const all = new Set<string>();
  for (const { endpoints } of slices) {
    for (const { targetRef, addresses, ready: isReady } of endpoints) {
      const key = targetRef ? `${targetRef.kind}/${targetRef.namespace ?? ''}/${targetRef.name}` : addresses.join();
      all.add(key);
      if (isReady) ready.add(key);
    }
  }
  return { source, ready: ready.size, notReady: all.size - ready.size };
}
