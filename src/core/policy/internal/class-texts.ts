import { compareText } from '../../kernel/compare.js';
import type { ContainerPort, PodSpec } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';

/** The ports that policies can name, and the text of them. */
interface NamedPorts {
  readonly ports: readonly ContainerPort[];
  readonly text: string;
}

const NO_PORTS: NamedPorts = { ports: [], text: '' };

/** What tells classes of pods apart, as text. Pods of one workload share labels and specification and stand together: what was asked for last is kept, and nothing else. */
export class ClassTexts {
  private lastLabels: Labels | undefined;
  private textOfLabels = '';
  private lastSpec: PodSpec | undefined;
  private portsOfSpec = NO_PORTS;

  /** Equal for equal labels, in whatever order, and for no others. */
  labels(labels: Labels): string {
    if (labels === this.lastLabels) return this.textOfLabels;
    let text = '';
    for (const key of Object.keys(labels).sort(compareText)) text += `${quoted(key)}${quoted(labels[key] ?? '')}`;
    this.lastLabels = labels;
    this.textOfLabels = text;
    return text;
  }

  /** The ports that policies can name. */
  namedPorts(spec: PodSpec): NamedPorts {
    if (spec !== this.lastSpec) {
      this.lastSpec = spec;
      this.portsOfSpec = namedPortsOf(spec);
    }
    return this.portsOfSpec;
  }
}

function namedPortsOf({ containers }: PodSpec): NamedPorts {
  const named: ContainerPort[] = [];
  let text = '';
  for (const { ports } of containers) {
    for (const port of ports) {
      if (port.name === undefined) continue;
      named.push(port);
      text += `${quoted(port.name)}${port.containerPort}/${port.protocol},`;
    }
  }
  return named.length === 0 ? NO_PORTS : { ports: named, text };
}

/** A text that ends where it says. */
function quoted(text: string): string {
  return `${text.length}:${text}`;
}
