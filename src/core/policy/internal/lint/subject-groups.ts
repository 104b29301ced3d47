import type { Steps } from '../../../kernel/steps.js';
import { DIRECTIONS, type Direction, opposite } from '../direction.js';
import { gatesAbout } from '../gates-about.js';
import type { AnyPolicy, GateAt, LayerAt } from '../layer.js';
import { layersAt } from '../layers-at.js';
import { LayersKey } from '../layers-key.js';
import type { PolicyBook } from '../policy-book.js';
import type { PolicyEndpoint } from '../policy-endpoint.js';
import type { EndpointClass } from '../policy-index.js';
import type { Whose } from '../whose.js';
import type { Population } from './population.js';

/** Endpoints under the same rules, and what these leave them. */
export interface SubjectGroup {
  readonly direction: Direction;
  /** Of the rules, as objects have them: those about what enters a node are asked about what its pods send. */
  readonly written: Direction;
  readonly subjects: EndpointClass[];
  readonly layers: readonly LayerAt[];
  /** With whom connections meet the rules. */
  readonly whose: Whose;
  /** No others decide about them in the direction. */
  readonly alone: boolean;
  /** Every connection with everybody is allowed, or none is; false until everybody was asked about. */
  all: boolean;
  none: boolean;
}

/** Who is under which rules. */
export interface Subjects {
  readonly groups: readonly SubjectGroup[];
  /** Ids of the classes that some policy selects. */
  readonly covered: ReadonlySet<number>;
  /** The policies that select somebody. */
  readonly selecting: ReadonlySet<AnyPolicy>;
}

/** Endpoints with the same rules are one group; each gate is looked at by itself. Yields often. */
export function* subjectGroups(book: PolicyBook, population: Population): Steps<Subjects> {
  const covered = new Set<number>();
  const selecting = new Set<AnyPolicy>();
  const groups = new Groups();
  for (const one of population.classes) {
    yield;
    const { endpoint } = one;
    if (endpoint.kind === 'address') continue;
    for (const direction of DIRECTIONS) {
      yield;
      for (const { layer, policies } of layersAt(book, direction, endpoint)) {
        if (layer !== 'calico-profiles' && policies.length > 0) covered.add(one.id);
        for (const { policy } of policies) selecting.add(policy);
      }
      const gates = gatesAbout(book, direction, endpoint);
      for (const gate of gates) groups.add(one, direction, gate, gates.length === 1);
    }
  }
  return { groups: groups.list, covered, selecting };
}

class Groups {
  private readonly keys = new LayersKey();
  private readonly byKey = new Map<string, SubjectGroup>();

  get list(): readonly SubjectGroup[] {
    return [...this.byKey.values()];
  }

  add(one: EndpointClass, direction: Direction, gate: GateAt, alone: boolean): void {
    const { endpoint, families } = one;
    const { whose, turned } = gate;
    const layers = translatedAt(endpoint, gate);
    if (layers.length === 0) return;
    const named = direction === 'ingress' && endpoint.kind === 'pod' && layers.some(({ rules }) => rules.some(({ fixed }) => !fixed));
    const key = `${direction} ${families} ${whose} ${turned} ${alone} ${this.keys.of(layers)} ${named ? JSON.stringify(endpoint.ports) : ''}`;
    const known = this.byKey.get(key);
    const written = turned ? opposite(direction) : direction;
    if (known) known.subjects.push(one);
    else this.byKey.set(key, { direction, written, subjects: [one], layers, whose, alone, all: false, none: false });
  }
}

/** What a pod's packets meet before the address of a service is translated says nothing about the pod, and what comes behind stands by itself. */
function translatedAt({ kind }: PolicyEndpoint, { layers }: GateAt): readonly LayerAt[] {
  return kind === 'pod' ? layers.filter(({ layer }) => !layer.startsWith('calico-pre-dnat')) : layers;
}
