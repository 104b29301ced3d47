import { z } from 'zod';
import type { NetworkModel } from '../../core/model/network-model.js';
import { formatCidr } from '../../core/net/cidr.js';
import { formatIp } from '../../core/net/ip.js';
import { defineCollection } from './collection.js';
import { LABELS, PROVENANCE, SOURCED_TEXT, sourcedText } from './view-schemas.js';

const VIEW = z
  .object({
    name: z.string(),
    labels: LABELS,
    provenance: PROVENANCE.describe('`assumed` or `derived`: no node was imported, it stands for one'),
    ready: z.boolean().nullable().describe('null where the input does not tell'),
    unschedulable: z.boolean(),
    zone: z.string().nullable(),
    addresses: z.array(z.object({ type: z.string(), ip: z.string() })),
    podCIDRs: z.array(SOURCED_TEXT),
    taints: z.array(z.object({ key: z.string(), value: z.string(), effect: z.string() })),
    pods: z.int().describe('how many pods are on it'),
  })
  .meta({ id: 'ModelNode' });

/** How many pods are on each node, counted once for each model. */
const PODS_ON = new WeakMap<NetworkModel, ReadonlyMap<string, number>>();

/** The nodes of a model. */
export const NODES = defineCollection({
  noun: 'nodes',
  singular: 'node',
  about: 'Nodes, with the pod CIDR that each has or would get; synthesised where none was imported.',
  scope: 'cluster',
  unknown: 'unknown-node',
  view: VIEW,
  fields: ['zone'],
  example: { cluster: 'harbor', name: 'harbor-1' },
  items: (model) => model.nodes.values(),
  row: ({ name, labels }) => ({ kind: '', namespace: '', name, labels }),
  field: ({ zone }) => zone ?? '',
  show: ({ name, labels, provenance, resource, zone, addresses, podCIDRs }, model) => ({
    name,
    labels,
    provenance,
    ready: resource?.ready ?? null,
    unschedulable: resource?.unschedulable ?? false,
    zone: zone ?? null,
    addresses: addresses.map(({ type, ip }) => ({ type, ip: formatIp(ip) })),
    podCIDRs: podCIDRs.map((cidr) => sourcedText(cidr, formatCidr)),
    taints: (resource?.taints ?? []).map((taint) => ({ ...taint })),
    pods: podsOn(model).get(name) ?? 0,
  }),
});

function podsOn(model: NetworkModel): ReadonlyMap<string, number> {
  const known = PODS_ON.get(model);
  if (known) return known;
  const counts = new Map<string, number>();
  for (const { nodeName } of model.pods) if (nodeName) counts.set(nodeName.value, (counts.get(nodeName.value) ?? 0) + 1);
  PODS_ON.set(model, counts);
  return counts;
}
