import { formatSelector, requirementHolds } from '../../resources/label-selector.js';
import type { Taint } from '../../resources/node.js';
import type { PodSpec, Toleration } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';
import type { ModelNode } from '../network-model.js';

const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** What of a node decides who fits it. */
export type NodeToFit = Pick<ModelNode, 'name' | 'labels' | 'resource'>;

/** What the DaemonSet controller tolerates in the name of its pods (kubernetes `pkg/controller/daemon/util/daemonset_util.go`). */
export const DAEMON_TOLERATIONS: readonly Toleration[] = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
  'network-unavailable',
].map((key) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', value: '', effect: undefined }));

/**
 * Why a pod cannot run on a node, in the scheduler's words; undefined when it can. A node that was synthesised fits every pod: it was made up
 * for them. Resources are not looked at: manifests rarely tell what a node has left.
 */
export function misfit(spec: PodSpec, node: NodeToFit, tolerations: readonly Toleration[] = spec.tolerations): string | undefined {
  if (!node.resource) return undefined;
  const taints = node.resource.unschedulable ? [...node.resource.taints, CORDON] : node.resource.taints;
  const repelling = taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((one) => tolerates(one, taint)));
  if (repelling) return `untolerated taint {${repelling.key}: ${repelling.value}}`;
  const unmet = Object.keys(spec.nodeSelector).find((key) => node.labels[key] !== spec.nodeSelector[key]);
  if (unmet !== undefined) return `nodeSelector ${unmet}=${spec.nodeSelector[unmet] ?? ''}`;
  const terms = spec.requiredNodeTerms;
  if (terms.length === 0) return undefined;
  // `matchFields` can only name the node; the terms read it as a label.
  const labels: Labels = { ...node.labels, 'metadata.name': node.name };
  const affine = terms.some((term) => term.length > 0 && term.every((one) => requirementHolds(one, labels)));
  return affine ? undefined : `node affinity ${terms.map((term) => formatSelector({ requirements: term, invalid: false })).join(' or ')}`;
}

/** kubernetes/api `core/v1/toleration.go`, `ToleratesTaint`. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.key !== undefined && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.key !== undefined && toleration.value === taint.value);
}
