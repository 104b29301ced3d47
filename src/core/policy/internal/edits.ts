import { assertNever } from '../../kernel/assert-never.js';
import type { Protocol } from '../../net/protocol.js';
import type { Labels } from '../../resources/resource.js';
import type { Flow } from './judge-direction.js';
import type { AnyPolicy } from './layer.js';
import type { PolicyBook } from './policy-book.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** One side of a flow. */
export type Side = 'source' | 'destination';

/** A small change of the model. A value of undefined takes the label away. */
export type Edit =
  | { readonly type: 'pod-label'; readonly side: Side; readonly key: string; readonly value: string | undefined }
  | { readonly type: 'namespace-label'; readonly namespace: string; readonly key: string; readonly value: string | undefined }
  | { readonly type: 'port-name'; readonly name: string; readonly protocol: Protocol; readonly port: number }
  | { readonly type: 'policy'; readonly before: AnyPolicy; readonly after: AnyPolicy };

/** A changed policy, put together when somebody wants to see it: of very many changes few are tried. */
export class PolicyEdit {
  readonly type = 'policy';
  private made: AnyPolicy | undefined;

  constructor(
    readonly before: AnyPolicy,
    private readonly make: () => AnyPolicy,
  ) {}

  get after(): AnyPolicy {
    this.made ??= this.make();
    return this.made;
  }
}

/** The book and the flow as they would be after the change; nothing of the model itself is touched. */
export function applyEdit(book: PolicyBook, flow: Flow, edit: Edit): { readonly book: PolicyBook; readonly flow: Flow } {
  switch (edit.type) {
    case 'policy':
      return { flow, book: withPolicy(book, edit.before, edit.after) };
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

/** The book with one policy changed. Edits change rules, never whom a policy selects, so that its place is taken by the new one. */
function withPolicy(book: PolicyBook, before: AnyPolicy, after: AnyPolicy): PolicyBook {
  const changed = <P>(policies: readonly P[]): readonly P[] =>
    policies.map((policy) => (takesPlaceOf(after, before, policy) ? after : policy));
  return {
    settings: book.settings,
    cilium: book.cilium,
    calico: book.calico,
    memory: undefined,
    selecting: (api, subject) => changed(book.selecting(api, subject)),
    selectingHost: (host) => changed(book.selectingHost(host)),
    policiesIn: (namespace) => changed(book.policiesIn(namespace)),
    mayAdmit: (namespace, direction, other) => changed(book.mayAdmit(namespace, direction, other)),
  };
}

/** A changed policy is of the kind that it was, and stands where it stood. */
function takesPlaceOf<P>(after: AnyPolicy, before: AnyPolicy, policy: P): after is AnyPolicy & P {
  return policy === before && after.kind === before.kind;
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
