import { assertNever } from '../../kernel/assert-never.js';
import type { Protocol } from '../../net/protocol.js';
import type { ClusterPolicy, PolicyTier } from '../../resources/cluster-policy.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';
import type { Flow, PolicyBook } from './judge-direction.js';
import type { PodEndpoint, PolicyEndpoint } from './policy-endpoint.js';

/** One side of a flow. */
export type Side = 'source' | 'destination';

/** A small change of the model. A value of undefined takes the label away. */
export type Edit =
  | { readonly type: 'pod-label'; readonly side: Side; readonly key: string; readonly value: string | undefined }
  | { readonly type: 'namespace-label'; readonly namespace: string; readonly key: string; readonly value: string | undefined }
  | { readonly type: 'port-name'; readonly name: string; readonly protocol: Protocol; readonly port: number }
  | { readonly type: 'policy'; readonly before: NetworkPolicy; readonly after: NetworkPolicy }
  | { readonly type: 'cluster-policy'; readonly before: ClusterPolicy; readonly after: ClusterPolicy };

/** The book and the flow as they would be after the change; nothing of the model itself is touched. */
export function applyEdit(book: PolicyBook, flow: Flow, edit: Edit): { readonly book: PolicyBook; readonly flow: Flow } {
  switch (edit.type) {
    case 'policy': {
      const changed = (policies: readonly NetworkPolicy[]) => policies.map((policy) => (policy === edit.before ? edit.after : policy));
      const policiesIn = (namespace: string) => changed(book.policiesIn(namespace));
      // Edits change rules, never a podSelector.
      const selecting = (pod: PodEndpoint) => changed(book.selecting(pod));
      return { flow, book: { ...linked(book), policiesIn, selecting } };
    }
    case 'cluster-policy': {
      const tier = (one: PolicyTier, pod: PodEndpoint) =>
        book.tier(one, pod).map((policy) => (policy === edit.before ? edit.after : policy));
      return { flow, book: { ...linked(book), tier } };
    }
    case 'pod-label':
      return { book, flow: onSide(flow, edit.side, (pod) => ({ ...pod, labels: relabelled(pod.labels, edit.key, edit.value) })) };
    case 'namespace-label': {
      const change = (endpoint: PolicyEndpoint): PolicyEndpoint =>
        endpoint.kind === 'pod' && endpoint.namespace === edit.namespace
          ? { ...endpoint, namespaceLabels: relabelled(endpoint.namespaceLabels, edit.key, edit.value) }
          : endpoint;
      return { book, flow: { ...flow, source: change(flow.source), destination: change(flow.destination) } };
    }
    case 'port-name': {
      const port = { name: edit.name, protocol: edit.protocol, containerPort: edit.port, hostPort: undefined, hostIP: undefined };
      return { book, flow: onSide(flow, 'destination', (pod) => ({ ...pod, ports: [port, ...pod.ports] })) };
    }
    default:
      return assertNever(edit);
  }
}

/** The book's own methods, bound to it. */
function linked(book: PolicyBook): PolicyBook {
  return {
    settings: book.settings,
    policiesIn: (namespace) => book.policiesIn(namespace),
    selecting: (pod) => book.selecting(pod),
    tier: (tier, pod) => book.tier(tier, pod),
  };
}

type PodChange = (pod: Extract<PolicyEndpoint, { kind: 'pod' }>) => PolicyEndpoint;

/** A pod and itself are one pod: what changes on one side changes on both. */
function onSide(flow: Flow, side: Side, change: PodChange): Flow {
  const apply = (endpoint: PolicyEndpoint) => (endpoint.kind === 'pod' ? change(endpoint) : endpoint);
  if (flow.self) return { ...flow, source: apply(flow.source), destination: apply(flow.destination) };
  return { ...flow, [side]: apply(flow[side]) };
}

function relabelled(labels: Labels, key: string, value: string | undefined): Labels {
  const { [key]: _, ...others } = labels;
  return value === undefined ? others : { ...others, [key]: value };
}
