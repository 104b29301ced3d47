import type { ObjectRef } from '../kernel/object-ref.js';
import { type Ip, sameIp } from '../net/ip.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readPodSpec } from './internal/read-pod-spec.js';
import { readResource } from './internal/read-resource.js';
import type { Pod, PodPhase, PodStatus } from './pod.js';

const PHASES: readonly PodPhase[] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

/** Reads a v1 Pod. */
export function normalisePod(root: ObjectReader, ref: ObjectRef): Pod {
  const spec = root.object('spec');
  if (!root.has('spec')) root.error('missing-field', 'spec', 'a Pod needs a spec');
  return {
    ...readResource(root, ref),
    kind: 'Pod',
    spec: readPodSpec(spec ?? root.empty('spec')),
    status: readStatus(root.object('status')),
    terminating: root.object('metadata')?.has('deletionTimestamp') ?? false,
  };
}

/** A status without any field is none: `status: {}` stands in manifests that were exported or generated. */
function readStatus(status: ObjectReader | undefined): PodStatus | undefined {
  if (!status || status.fields().length === 0) return undefined;
  const ready = status.objects('conditions').some((one) => one.raw('type') === 'Ready' && one.raw('status') === 'True');
  return {
    phase: status.oneOf('phase', PHASES) ?? 'Unknown',
    podIPs: readPodIPs(status),
    hostIP: status.ip('hostIP'),
    ready,
  };
}

/** `podIPs` counts; `podIP` is the first of them, and all there is in old dumps (kubernetes/endpointslice `utils.go`, `getEndpointAddresses`). */
function readPodIPs(status: ObjectReader): readonly Ip[] {
  const listed = status.objects('podIPs').flatMap((entry) => entry.ip('ip') ?? []);
  if (listed.length > 0) return listed.filter((ip, index) => listed.findIndex((other) => sameIp(other, ip)) === index);
  const single = status.ip('podIP');
  return single ? [single] : [];
}
