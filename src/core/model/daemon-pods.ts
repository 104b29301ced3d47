import type { Node } from '../resources/node.js';
import type { Pod, PodSpec } from '../resources/pod.js';
import type { Workload } from '../resources/workload.js';
import { DAEMON_TOLERATIONS, misfit, type NodeToFit } from './internal/node-fit.js';

/** Whether a DaemonSet with such pods has one on the node (kubernetes `pkg/controller/daemon/daemon_controller.go`, NodeShouldRunDaemonPod). */
export function runsDaemon(spec: PodSpec, node: NodeToFit): boolean {
  return misfit(spec, node, [...spec.tolerations, ...DAEMON_TOLERATIONS]) === undefined;
}

/** Whether one that is there may stay (`shouldContinueRunning`): taints that only keep pods from being placed drive none away. */
export function keepsDaemon(spec: PodSpec, node: Node): boolean {
  const taints = node.taints.filter(({ effect }) => effect === 'NoExecute');
  return runsDaemon(spec, { name: node.ref.name, labels: node.labels, resource: { ...node, taints, unschedulable: false } });
}

/** The pod that a DaemonSet makes for a node, in all else like one that it has: held to the node by its name (`util.ReplaceDaemonSetPodNodeNameNodeAffinity`). */
export function daemonPod({ ref, template }: Workload, like: Pod, node: string): Pod {
  const name = `${ref.name}-on-${node}`;
  return {
    ...like,
    ref: { ...like.ref, name },
    spec: {
      ...template.spec,
      nodeName: undefined,
      requiredNodeTerms: [[{ key: 'metadata.name', operator: 'In', values: [node] }]],
      tolerations: [...template.spec.tolerations, ...DAEMON_TOLERATIONS],
    },
    status: undefined,
    terminating: false,
    derived: true,
  };
}
