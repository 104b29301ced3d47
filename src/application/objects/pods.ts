import { z } from 'zod';
import { formatIp } from '../../core/net/ip.js';
import { defineCollection } from './collection.js';
import { LABELS, PROVENANCE, SOURCED_FLAG, SOURCED_TEXT, sourcedText } from './view-schemas.js';

const PORT = z.object({
  container: z.string(),
  name: z.string().nullable(),
  containerPort: z.int(),
  protocol: z.string(),
  hostPort: z.int().nullable(),
  hostIP: z.string().nullable(),
});

const VIEW = z
  .object({
    namespace: z.string(),
    name: z.string(),
    labels: LABELS,
    provenance: PROVENANCE.describe('`derived`: no pod was imported, its workload’s controller would make it'),
    workload: z
      .object({ kind: z.string(), namespace: z.string(), name: z.string() })
      .nullable()
      .describe('a pod without a controller is its own'),
    node: SOURCED_TEXT.nullable().describe('null: not placed'),
    placementProblem: z.string().nullable().describe('why no node took it'),
    ips: z.array(SOURCED_TEXT),
    phase: SOURCED_TEXT,
    ready: SOURCED_FLAG,
    terminating: z.boolean(),
    finished: z.boolean().describe('phase Succeeded or Failed: it holds no address and is no endpoint'),
    hostNetwork: z.boolean(),
    serviceAccountName: z.string(),
    ports: z.array(PORT),
  })
  .meta({ id: 'ModelPod' });

/** The pods of a model. */
export const PODS = defineCollection({
  noun: 'pods',
  singular: 'pod',
  about: 'Pods, imported or as their workloads’ controllers would make them, with addresses and nodes.',
  scope: 'namespace',
  unknown: 'unknown-pod',
  view: VIEW,
  fields: ['spec.nodeName', 'status.phase', 'status.podIP'],
  example: { cluster: 'harbor', namespace: 'data', name: 'postgres-0' },
  items: (model) => model.pods,
  row: ({ namespace, name, labels }) => ({ kind: '', namespace, name, labels }),
  field: ({ nodeName, phase, ips: [ip] }, field) => {
    if (field === 'spec.nodeName') return nodeName?.value ?? '';
    if (field === 'status.phase') return phase.value;
    return ip ? formatIp(ip.value) : '';
  },
  show: (pod, model) => {
    const { namespace, name, labels, provenance, nodeName, placementProblem, ips, phase, ready, terminating, finished, spec } = pod;
    const owner = model.workloads[pod.workload];
    return {
      namespace,
      name,
      labels,
      provenance,
      workload: owner ? { kind: owner.kind, namespace: owner.namespace, name: owner.name } : null,
      node: nodeName ? { ...nodeName } : null,
      placementProblem: placementProblem ?? null,
      ips: ips.map((ip) => sourcedText(ip, formatIp)),
      phase: { ...phase },
      ready: { ...ready },
      terminating,
      finished,
      hostNetwork: spec.hostNetwork,
      serviceAccountName: spec.serviceAccountName,
      ports: spec.containers.flatMap((container) =>
        container.ports.map((port) => ({
          container: container.name,
          name: port.name ?? null,
          containerPort: port.containerPort,
          protocol: port.protocol,
          hostPort: port.hostPort ?? null,
          hostIP: port.hostIP ? formatIp(port.hostIP) : null,
        })),
      ),
    };
  },
});
