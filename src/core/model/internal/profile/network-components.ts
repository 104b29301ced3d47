import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { Container, NetworkComponent } from '../../../resources/pod.js';
import type { ResourceIndex } from '../resource-index.js';

/** A container that runs a part of the cluster's network, and where it stands. */
export interface PlacedComponent extends NetworkComponent {
  readonly container: string;
  readonly object: ObjectRef;
  /** JSON pointer of the container. */
  readonly pointer: string;
}

const AGENT_KINDS = ['DaemonSet', 'Deployment', 'StatefulSet'] as const;

/** Every network component: those of workloads first, then those of pods (static pods, dumps without workloads), each in the order of the index. */
export function networkComponents(resources: ResourceIndex): readonly PlacedComponent[] {
  const found: PlacedComponent[] = [];
  for (const kind of AGENT_KINDS) {
    for (const { ref, template } of resources.workloads.get(kind) ?? [])
      collect(found, ref, template.spec.containers, '/spec/template/spec');
  }
  for (const { ref, spec } of resources.pods) collect(found, ref, spec.containers, '/spec');
  return found;
}

function collect(found: PlacedComponent[], object: ObjectRef, containers: readonly Container[], pointer: string): void {
  for (const [position, { name, component, sidecar }] of containers.entries()) {
    if (component && !sidecar) found.push({ ...component, container: name, object, pointer: `${pointer}/containers/${position}` });
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
