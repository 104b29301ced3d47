import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { Ingress, IngressBackend, IngressPath } from '../../../resources/ingress.js';
import { pathRule, type PathRule } from '../path-rule.js';
import type { ServiceBackend } from './backends.js';
import { type ProviderAnnotations, providerAnnotations } from './provider-annotations.js';

/** How requests are picked for a canary. */
export interface CanaryPick {
  readonly header: string;
  readonly headerValue: string;
  readonly headerPattern: string;
  readonly cookie: string;
  /** Out of `weightTotal`. */
  readonly weight: number;
  readonly weightTotal: number;
}

/** A canary that has found the path it joins. */
export interface Canary {
  readonly rule: PathRule<Ingress>;
  readonly backend: ServiceBackend;
  readonly pick: CanaryPick;
}

/** A path of a canary, and what became of it. */
export interface CanaryFate {
  readonly rule: PathRule<Ingress>;
  /** Why nothing comes of it; undefined: it joined. */
  readonly ignored: string | undefined;
}

/** Whether the Service of a canary has servers, asked with the annotations of the Ingress that it joins. */
type HasServers = (ingress: Ingress, annotations: ProviderAnnotations, backend: ServiceBackend) => boolean;

/**
 * The canaries by the Service that they share with others (`build`, second pass). They join a path of the same namespace, host, path and type, and with it every other path of
 * the same Service and port in the namespace; the last one of a Service stays.
 */
export class Canaries {
  readonly fates: readonly CanaryFate[];
  private readonly byService = new Map<string, Canary>();

  constructor(regular: readonly Ingress[], canaries: readonly Ingress[], hasServers: HasServers) {
    const places = canaries.length === 0 ? new Map<string, Place>() : placesOf(regular);
    const taken = new Set<string>();
    this.fates = canaries.flatMap((ingress) =>
      ingress.rules.flatMap(({ host, paths }) =>
        paths.map((path): CanaryFate => {
          const rule = pathRule(ingress, host, path, pathFault(path));
          return { rule, ignored: this.join(rule, placeKey(ingress, host, path), places, taken, hasServers) };
        }),
      ),
    );
  }

  of({ namespace }: Ingress, backend: ServiceBackend): Canary | undefined {
    return this.byService.get(serviceKey(namespace, backend));
  }

  private join(
    rule: PathRule<Ingress>,
    place: string,
    places: ReadonlyMap<string, Place>,
    taken: Set<string>,
    hasServers: HasServers,
  ): string | undefined {
    const { ingress, backend } = rule;
    const joined = places.get(place);
    if (!joined) return 'a canary whose host, path and type no Ingress of its namespace has: it is ignored';
    if (taken.has(place)) return 'another canary has joined the path before: it is ignored';
    if (backend?.type !== 'service') return 'a canary whose backend is no Service is ignored';
    if (isSame(backend, joined.backend)) return 'its Service is the very one that the path leads to: it changes nothing';
    if (!hasServers(ingress, providerAnnotations(joined.ingress), backend)) return 'a canary whose Service has no endpoint is ignored';
    taken.add(place);
    const pick = pickOf(providerAnnotations(ingress));
    this.byService.set(serviceKey(ingress.namespace, joined.backend), { rule, backend, pick });
    return undefined;
  }
}

interface Place {
  readonly ingress: Ingress;
  readonly backend: ServiceBackend;
}

/** Of several Ingresses with one path the last stays. */
function placesOf(regular: readonly Ingress[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const ingress of regular) {
    for (const { host, paths } of ingress.rules) {
      for (const path of paths) if (isService(path.backend)) places.set(placeKey(ingress, host, path), { ingress, backend: path.backend });
    }
  }
  return places;
}

function isService(backend: IngressBackend): backend is ServiceBackend {
  return backend.type === 'service';
}

function placeKey({ namespace }: Ingress, host: string | undefined, { path, pathType }: IngressPath): string {
  return JSON.stringify([namespace, host ?? '', path, pathType]);
}

function serviceKey(namespace: string, { name, port }: ServiceBackend): string {
  return `${namespace}/${name}/${port}`;
}

function isSame(a: ServiceBackend, b: ServiceBackend): boolean {
  return a.name === b.name && String(a.port) === String(b.port);
}

function pickOf(annotations: ProviderAnnotations): CanaryPick {
  const weightTotal = Math.max(annotations.number('canary-weight-total') ?? 0, 100);
  return {
    header: annotations.text('canary-by-header') ?? '',
    headerValue: annotations.text('canary-by-header-value') ?? '',
    headerPattern: annotations.text('canary-by-header-pattern') ?? '',
    cookie: annotations.text('canary-by-cookie') ?? '',
    weight: Math.min(Math.max(annotations.number('canary-weight') ?? 0, 0), weightTotal),
    weightTotal,
  };
}
