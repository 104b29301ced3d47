import { compareText } from '../../kernel/compare.js';
import type { ContainerPort, PodSpec } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';

/** What tells classes of pods apart, as text. Pods of one workload share labels and specification, so that their text is made once. */
export class ClassTexts {
  private readonly ofLabels = new Map<Labels, string>();
  private readonly ofSpecs = new Map<PodSpec, { readonly ports: readonly ContainerPort[]; readonly text: string }>();

  /** Equal for equal labels, in whatever order, and for no others. */
  labels(labels: Labels): string {
    let text = this.ofLabels.get(labels);
    if (text === undefined) {
      text = '';
      for (const key of Object.keys(labels).sort(compareText)) text += `${quoted(key)}${quoted(labels[key] ?? '')}`;
      this.ofLabels.set(labels, text);
    }
    return text;
  }

  /** The ports that policies can name. */
  namedPorts(spec: PodSpec): { readonly ports: readonly ContainerPort[]; readonly text: string } {
    let known = this.ofSpecs.get(spec);
    if (!known) {
      const ports = spec.containers.flatMap((container) => container.ports).filter((port) => port.name !== undefined);
      const texts = ports.map(({ name, protocol, containerPort }) => `${quoted(name ?? '')}${containerPort}/${protocol}`);
      known = { ports, text: texts.join() };
      this.ofSpecs.set(spec, known);
    }
    return known;
  }
}

/** A text that ends where it says. */
function quoted(text: string): string {
  return `${text.length}:${text}`;
}
