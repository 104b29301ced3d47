import { compareText } from '../../kernel/compare.js';
import type { IpFamily } from '../../net/ip.js';
import type { Labels } from '../../resources/resource.js';
import type { Service } from '../../resources/service.js';
import { looksMisspelled } from '../endpoints/looks-misspelled.js';
import type { ObservedEndpoints } from '../endpoints/service-endpoints.js';
import { zoneShares } from '../endpoints/zone-shares.js';
import type { ModelService, NetworkModel, ServiceEndpoints } from '../network-model.js';
import { type ChangedLabels, changedPods, type PodsAndNodes } from './changed-pods.js';

/** What the endpoints of one service follow from, beside pods and nodes. */
export interface EndpointSources {
  readonly service: Service;
  readonly families: readonly IpFamily[];
  readonly observed: ObservedEndpoints;
}

/** What the endpoints of each service of a model were derived from. */
const sourcesOf = new WeakMap<ReadonlyMap<string, ModelService>, ReadonlyMap<string, EndpointSources>>();

/** Keeps what the endpoints of a model's services were derived from, for the model that follows. */
export function rememberSources(services: ReadonlyMap<string, ModelService>, sources: ReadonlyMap<string, EndpointSources>): void {
  sourcesOf.set(services, sources);
}

/**
 * The endpoints of an earlier model that hold in the one that follows: those of services that are the same, with the same slices, and that neither select nor
 * nearly select a pod that changed. Whatever is the same is the same object: that is what makes looking for it cheap.
 */
export class CarriedEndpoints {
  private readonly changed: ChangedLabels;
  private readonly sources: ReadonlyMap<string, EndpointSources>;
  /** The new number of each pod by its old one; undefined where none has another. */
  private readonly renumbered: ReadonlyMap<number, number> | undefined;

  private constructor(
    private readonly earlier: NetworkModel,
    now: PodsAndNodes,
  ) {
    this.changed = changedPods(earlier, now);
    this.sources = sourcesOf.get(earlier.services) ?? new Map();
    this.renumbered = renumbering(earlier, now);
  }

  /** Undefined where the zones' shares of the CPUs, on which hints rest, are not what they were: every endpoint may have others. */
  static of(earlier: NetworkModel, now: PodsAndNodes): CarriedEndpoints | undefined {
    const [before, after] = [zoneShares(earlier.nodes.values()), zoneShares(now.nodes.values())];
    return sharesText(before) === sharesText(after) ? new CarriedEndpoints(earlier, now) : undefined;
  }

  /** The endpoints that the service had, where they hold. */
  find(key: string, { service, families, observed }: EndpointSources): ServiceEndpoints | undefined {
    const before = this.sources.get(key);
    const known = this.earlier.services.get(key)?.endpoints;
    if (!before || !known || before.service !== service) return undefined;
    if (before.observed.legacy !== observed.legacy || !sameList(before.observed.slices, observed.slices)) return undefined;
    if (!sameList(before.families, families) || this.isTouched(service, known)) return undefined;
    return this.renumber(known);
  }

  /** Whether a pod that changed is, or was, selected or one label off: those that are off are told, too. */
  private isTouched({ ref, selector }: Service, { candidates }: ServiceEndpoints): boolean {
    const changed = this.changed.get(ref.namespace ?? 'default');
    if (!selector || !changed) return false;
    // by the labels: slices may publish a pod that is one label off
    const selects = candidates.some(({ pod }) => unmet(selector, this.earlier.pods[pod]?.labels ?? {}).length === 0);
    return changed.some((labels) => {
      const [key, second] = unmet(selector, labels);
      return key === undefined || (second === undefined && mayBeTold(selector, labels, key, selects));
    });
  }

  private renumber(endpoints: ServiceEndpoints): ServiceEndpoints {
    const { renumbered } = this;
    if (!renumbered || endpoints.candidates.length === 0) return endpoints;
    return { ...endpoints, candidates: endpoints.candidates.map((one) => ({ ...one, pod: renumbered.get(one.pod) ?? one.pod })) };
  }
}

function sharesText(shares: ReadonlyMap<string, number> | undefined): string {
  return shares ? JSON.stringify([...shares].sort(([a], [b]) => compareText(a, b))) : '';
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** The labels of a selector that a pod lacks. */
function unmet(selector: Labels, labels: Labels): readonly string[] {
  return Object.keys(selector).filter((key) => !Object.hasOwn(labels, key) || labels[key] !== selector[key]);
}

/** Whether a pod that is one label off may be told: not of a service that selects others, unless it looks meant (`nearMisses`). */
function mayBeTold(selector: Labels, labels: Labels, key: string, selects: boolean): boolean {
  if (!selects) return true;
  if (Object.keys(selector).length === 1) return false;
  return !Object.hasOwn(labels, key) || looksMisspelled(labels[key] ?? '', selector[key] ?? '');
}

/** Pods are numbered in order: one that comes or goes moves all behind it. */
function renumbering(earlier: NetworkModel, now: PodsAndNodes): ReadonlyMap<number, number> | undefined {
  const moved = new Map<number, number>();
  for (const pod of now.pods) {
    const before = earlier.podByKey.get(`${pod.namespace}/${pod.name}`);
    if (before && before.id !== pod.id) moved.set(before.id, pod.id);
  }
  return moved.size > 0 ? moved : undefined;
}
