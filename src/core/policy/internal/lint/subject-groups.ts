import { DIRECTIONS, type Direction } from '../direction.js';
import type { AnyPolicy, LayerAt } from '../layer.js';
import { layersAbout } from '../layers-about.js';
import { layersAt } from '../layers-at.js';
import { LayersKey } from '../layers-key.js';
import type { PolicyBook } from '../policy-book.js';
import type { EndpointClass } from '../policy-index.js';
import type { Population } from './population.js';

/** Endpoints under the same rules, and what these leave them. */
export interface SubjectGroup {
  readonly direction: Direction;
  readonly subjects: EndpointClass[];
  readonly layers: readonly LayerAt[];
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

/** Endpoints with the same rules are one group. Yields often. */
export function* subjectGroups(book: PolicyBook, population: Population): Generator<undefined, Subjects> {
  const covered = new Set<number>();
  const selecting = new Set<AnyPolicy>();
  const keys = new LayersKey();
  const byKey = new Map<string, SubjectGroup>();
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
      const layers = layersAbout(book, direction, endpoint);
      if (layers.length === 0) continue;
      const named = direction === 'ingress' && endpoint.kind === 'pod' && layers.some(({ rules }) => rules.some(({ fixed }) => !fixed));
      const key = `${direction} ${one.families} ${keys.of(layers)} ${named ? JSON.stringify(endpoint.ports) : ''}`;
      const known = byKey.get(key);
      if (known) known.subjects.push(one);
      else byKey.set(key, { direction, subjects: [one], layers, all: false, none: false });
    }
  }
  return { groups: [...byKey.values()], covered, selecting };
}
