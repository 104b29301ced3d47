import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readLabelSelector } from './internal/read-label-selector.js';
import { readPodSpec } from './internal/read-pod-spec.js';
import { readResource } from './internal/read-resource.js';
import { type LabelSelector, selectorOfLabels } from './label-selector.js';
import type { PodTemplate, Workload, WorkloadKind } from './workload.js';

const MOST = 1_000_000;

/** Reads a workload of any kind and of any version that ever had it: the fields the model needs never moved. */
export function normaliseWorkload(kind: WorkloadKind, root: ObjectReader, ref: ObjectRef): Workload {
  if (!root.has('spec')) root.error('missing-field', 'spec', `a ${kind} needs a spec`);
  const spec = root.object('spec') ?? root.empty('spec');
  const jobSpec = kind === 'CronJob' ? spec.object('jobTemplate')?.object('spec') : undefined;
  const template = readTemplate(jobSpec ?? spec, kind);
  return {
    ...readResource(root, ref),
    kind,
    replicas: readReplicas(kind, root, spec),
    selector: kind === 'CronJob' ? undefined : readSelector(kind, spec, template),
    template,
    serviceName: kind === 'StatefulSet' ? spec.filledText('serviceName') : undefined,
    firstOrdinal: kind === 'StatefulSet' ? (spec.object('ordinals')?.integer('start', 0, MOST) ?? 0) : 0,
  };
}

function readReplicas(kind: WorkloadKind, root: ObjectReader, spec: ObjectReader): number | undefined {
  if (kind === 'DaemonSet') return undefined;
  if (kind === 'CronJob') return 0;
  if (kind === 'Job') return readParallelism(root, spec);
  return spec.integer('replicas', 0, MOST) ?? spec.default('replicas', 1);
}

/** A Job that is done or suspended wants no pods; a Job with fewer completions than parallelism wants no more than those. */
function readParallelism(root: ObjectReader, spec: ObjectReader): number {
  const conditions = root.object('status')?.objects('conditions') ?? [];
  const done = conditions.some((one) => (one.raw('type') === 'Complete' || one.raw('type') === 'Failed') && one.raw('status') === 'True');
  if (done || spec.boolean('suspend') === true) return 0;
  const parallelism = spec.integer('parallelism', 0, MOST) ?? spec.default('parallelism', 1);
  const completions = spec.integer('completions', 0, MOST);
  return completions === undefined ? parallelism : Math.min(parallelism, completions);
}

/** ReplicationControllers select by a plain map; the removed versions defaulted a missing selector to the template's labels. */
function readSelector(kind: WorkloadKind, spec: ObjectReader, template: PodTemplate): LabelSelector | undefined {
  if (!spec.has('selector')) {
    return kind === 'Job' ? undefined : spec.default('selector', selectorOfLabels(template.labels));
  }
  if (kind === 'ReplicationController') return selectorOfLabels(spec.labels('selector'));
  const selector = spec.object('selector');
  return selector && readLabelSelector(selector);
}

function readTemplate(spec: ObjectReader, kind: WorkloadKind): PodTemplate {
  if (!spec.has('template')) spec.error('missing-field', 'template', `a ${kind} needs a pod template`);
  const template = spec.object('template') ?? spec.empty('template');
  const metadata = template.object('metadata');
  const podSpec = template.object('spec');
  if (template.has('metadata') && !podSpec) template.error('missing-field', 'spec', 'a pod template needs a spec');
  return {
    labels: metadata?.labels('labels') ?? {},
    annotations: metadata?.labels('annotations') ?? {},
    spec: readPodSpec(podSpec ?? template.empty('spec')),
  };
}
