import { z } from 'zod';
import { defineCollection } from './collection.js';
import { LABELS } from './view-schemas.js';

const VIEW = z
  .object({
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    labels: LABELS.describe('of its pods, by its template'),
    imported: z.boolean().describe('false: only its pods were, which name it as their owner'),
    pods: z.array(z.string()).describe('names of its pods'),
    ready: z.int().describe('how many of them are ready'),
  })
  .meta({ id: 'ModelWorkload' });

/** The workloads of a model. */
export const WORKLOADS = defineCollection({
  noun: 'workloads',
  singular: 'workload',
  about: 'Workloads as people name them: a Deployment stands for its ReplicaSets, a pod without a controller for itself.',
  scope: 'kind',
  unknown: 'unknown-workload',
  view: VIEW,
  fields: ['kind'],
  example: { cluster: 'harbor', kind: 'Deployment', namespace: 'shop', name: 'web' },
  items: (model) => model.workloads,
  row: ({ kind, namespace, name, template, pods }, model) => ({
    kind,
    namespace,
    name,
    labels: template?.labels ?? model.pods[pods[0] ?? -1]?.labels ?? {},
  }),
  field: ({ kind }) => kind,
  show: ({ kind, namespace, name, template, ...workload }, model) => {
    const pods = workload.pods.flatMap((id) => model.pods[id] ?? []);
    return {
      kind,
      namespace,
      name,
      labels: template?.labels ?? pods[0]?.labels ?? {},
      imported: template !== undefined || pods.some((pod) => pod.resource !== undefined && kind === 'Pod'),
      pods: pods.map((pod) => pod.name),
      ready: pods.filter((pod) => pod.ready.value).length,
    };
  },
});
