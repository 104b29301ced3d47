import { assertNever } from '../../kernel/assert-never.js';
import { derived } from '../../kernel/provenance.js';
import type { PodSpec } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';
import type { Workload } from '../../resources/workload.js';
import { nameSuffix, templateHash } from './derived-names.js';
import { type PodDraft, UNNUMBERED } from './pod-draft.js';
import type { WorkloadDraft } from './workload-draft.js';

/** What tells one pod of a workload from the next. */
interface PodIdentity {
  readonly name: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
  /** Set for a DaemonSet's pods, whose node is their reason to exist. */
  readonly nodeName?: string;
}

/**
 * The pods a workload's controller would make. `daemonNodes` are the nodes a DaemonSet runs on. Names are those of the controllers with the
 * random part replaced by a fixed one: `web-<hash>-<suffix>`, `db-0`, `agent-<suffix>`.
 */
export function* expandWorkload(draft: WorkloadDraft, daemonNodes: (spec: PodSpec) => readonly string[]): Generator<PodDraft> {
  const { maker } = draft;
  if (!maker || draft.pods.length > 0) return;
  for (const identity of identitiesOf(draft, maker, daemonNodes)) {
    yield {
      id: UNNUMBERED,
      ref: { apiVersion: 'v1', kind: 'Pod', namespace: draft.namespace, name: identity.name },
      namespace: draft.namespace,
      name: identity.name,
      labels: identity.labels,
      spec: identity.spec,
      provenance: 'derived',
      resource: undefined,
      workload: UNNUMBERED,
      nodeName: identity.nodeName === undefined ? undefined : derived(identity.nodeName),
      placementProblem: undefined,
      ips: [],
      phase: derived('Running'),
      ready: derived(true),
      terminating: false,
      finished: false,
    };
  }
}

function identitiesOf(draft: WorkloadDraft, maker: Workload, daemonNodes: (spec: PodSpec) => readonly string[]): Iterable<PodIdentity> {
  switch (maker.kind) {
    case 'Deployment':
      return hashedPods(draft, maker, templateHash(`${draft.namespace}/${draft.name}`), `${draft.name}-`);
    case 'ReplicaSet':
      return replicaSetPods(draft, maker);
    case 'StatefulSet':
      return ordinalPods(maker);
    case 'DaemonSet':
      return daemonPods(draft, maker, daemonNodes(maker.template.spec));
    case 'Job':
      return suffixedPods(maker, { 'batch.kubernetes.io/job-name': maker.ref.name, 'job-name': maker.ref.name });
    case 'ReplicationController':
      return suffixedPods(maker, {});
    case 'CronJob':
      return [];
    default:
      return assertNever(maker.kind);
  }
}

/** A ReplicaSet of a Deployment is named after the hash; one that stands alone has none. */
function replicaSetPods(draft: WorkloadDraft, maker: Workload): Iterable<PodIdentity> {
  const prefix = `${draft.name}-`;
  const hash = maker.ref.name.startsWith(prefix) ? maker.ref.name.slice(prefix.length) : undefined;
  return hash === undefined ? suffixedPods(maker, {}) : hashedPods(draft, maker, hash, prefix);
}

function* hashedPods(draft: WorkloadDraft, maker: Workload, hash: string, prefix: string): Generator<PodIdentity> {
  const labels = { ...maker.template.labels, 'pod-template-hash': hash };
  const seed = `${draft.namespace}/${prefix}${hash}`;
  for (let index = 0; index < (maker.replicas ?? 0); index++) {
    yield { name: `${prefix}${hash}-${nameSuffix(seed, index)}`, labels, spec: maker.template.spec };
  }
}

function* suffixedPods(maker: Workload, more: Labels): Generator<PodIdentity> {
  const labels = { ...maker.template.labels, ...more };
  const seed = `${maker.ref.namespace ?? ''}/${maker.ref.name}`;
  for (let index = 0; index < (maker.replicas ?? 0); index++) {
    yield { name: `${maker.ref.name}-${nameSuffix(seed, index)}`, labels, spec: maker.template.spec };
  }
}

/** StatefulSet pods get the fields that give them a DNS name (kubernetes `pkg/controller/statefulset/stateful_set_utils.go`). */
function* ordinalPods(maker: Workload): Generator<PodIdentity> {
  for (let index = 0; index < (maker.replicas ?? 0); index++) {
    const ordinal = String(maker.firstOrdinal + index);
    const name = `${maker.ref.name}-${ordinal}`;
    const labels = { ...maker.template.labels, 'apps.kubernetes.io/pod-index': ordinal, 'statefulset.kubernetes.io/pod-name': name };
    yield { name, labels, spec: { ...maker.template.spec, hostname: name, subdomain: maker.serviceName } };
  }
}

function* daemonPods(draft: WorkloadDraft, maker: Workload, nodes: readonly string[]): Generator<PodIdentity> {
  for (const nodeName of nodes) {
    const name = `${draft.name}-${nameSuffix(`${draft.namespace}/${draft.name}/${nodeName}`, 0)}`;
    yield { name, labels: maker.template.labels, spec: maker.template.spec, nodeName };
  }
}
