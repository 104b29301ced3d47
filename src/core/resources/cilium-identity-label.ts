/**
 * Label keys that are no part of a pod's identity unless the agent is told otherwise, matched from their beginning (cilium/cilium
 * `Documentation/operations/performance/scalability/identity-relevant-labels.rst`).
 */
const IGNORED = new RegExp(
  `^(${[
    'io\\.kubernetes',
    'kubernetes\\.io',
    'statefulset\\.kubernetes\\.io/pod-name',
    'apps\\.kubernetes\\.io/pod-index',
    'batch\\.kubernetes\\.io/job-completion-index',
    'batch\\.kubernetes\\.io/controller-uid',
    '.*beta\\.kubernetes\\.io',
    'k8s\\.io',
    'pod-template-generation',
    'pod-template-hash',
    'controller-revision-hash',
    'annotation',
    'controller-uid',
    'etcd_node',
  ].join('|')})`,
);

/** Whether a label of a pod is part of its identity. */
export function isIdentityRelevant(key: string): boolean {
  return !IGNORED.test(key);
}
