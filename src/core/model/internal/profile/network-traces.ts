import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { Container, NetworkComponent, Pod } from '../../../resources/pod.js';
import { inChunks } from '../in-chunks.js';
import type { ResourceIndex } from '../resource-index.js';

/** A container that runs a part of the cluster's network, and where it stands. */
export interface PlacedComponent extends NetworkComponent {
  readonly container: string;
  readonly object: ObjectRef;
  /** JSON pointer of the container. */
  readonly pointer: string;
}

const AGENT_KINDS = ['DaemonSet', 'Deployment', 'StatefulSet'] as const;

/** What the pods tell of the cluster's network. A cluster may have 150,000 of them: they are gone through once. */
export interface NetworkTraces {
  /** Components of workloads first, then of pods (static pods, dumps without workloads), each in the order of the index. */
  readonly components: readonly PlacedComponent[];
  /** The pods of the namespaces where DNS servers run. */
  readonly systemPods: readonly Pod[];
  /** The first pod that carries each of {@link PLUGIN_ANNOTATIONS}. */
  readonly annotated: ReadonlyMap<string, Pod>;
}

const SYSTEM_NAMESPACES: ReadonlySet<string | undefined> = new Set(['kube-system', 'openshift-dns']);
/** What plugins write on every pod they give an address. */
const PLUGIN_ANNOTATIONS = ['cni.projectcalico.org/podIP', 'k8s.ovn.org/pod-networks'] as const;

/** Looks for traces of the network in workloads and pods. */
export function* findTraces(resources: ResourceIndex): Generator<undefined, NetworkTraces> {
  const components: PlacedComponent[] = [];
  const systemPods: Pod[] = [];
  const annotated = new Map<string, Pod>();
  for (const kind of AGENT_KINDS) {
    for (const { ref, template } of resources.workloads.get(kind) ?? [])
      collect(components, ref, template.spec.containers, '/spec/template/spec');
  }
  for (const chunk of inChunks(resources.pods)) {
    for (const pod of chunk) {
      collect(components, pod.ref, pod.spec.containers, '/spec');
      if (SYSTEM_NAMESPACES.has(pod.ref.namespace)) systemPods.push(pod);
      for (const key of PLUGIN_ANNOTATIONS) if (pod.annotations[key] !== undefined && !annotated.has(key)) annotated.set(key, pod);
    }
    yield;
  }
  return { components, systemPods, annotated };
}

function collect(found: PlacedComponent[], object: ObjectRef, containers: readonly Container[], pointer: string): void {
  for (let position = 0; position < containers.length; position++) {
    const container = containers[position];
    if (!container?.component || container.sidecar) continue;
    found.push({ ...container.component, container: container.name, object, pointer: `${pointer}/containers/${position}` });
  }
}

/** The value of `--name=value` or `--name value`; the last one counts, as in the flag packages of Go. */
export function commandFlag(component: NetworkComponent, name: string): string | undefined {
  let value: string | undefined;
  for (const [position, argument] of component.arguments.entries()) {
    if (argument === `--${name}`) value = component.arguments[position + 1];
    else if (argument.startsWith(`--${name}=`)) value = argument.slice(name.length + 3);
  }
  return value;
}
