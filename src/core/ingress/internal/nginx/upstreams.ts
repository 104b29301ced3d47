import type { Ingress, IngressBackend } from '../../../resources/ingress.js';
import { annotationsOf, type CanaryRules } from './annotations.js';
import type { Affinity } from './sticky-session.js';

/** A Service port that locations send requests to; all of its locations share its canaries (`controller.go`, `createUpstreams`). */
export interface Upstream {
  readonly ingress: Ingress;
  readonly backend: IngressBackend;
  readonly canary: CanaryRules | undefined;
  /** A canary has that of what it joins. */
  affinity: Affinity | undefined;
  /** The first canary that was merged into it; no other counts. */
  alternative: Upstream | undefined;
  /** The controller took it out again: a canary of it found nothing to join. */
  isDeleted: boolean;
}

/** By namespace, Service and port: each of them once, as the last Ingress has it whose default backend it is, else the first that names it. */
export class Upstreams {
  private readonly known = new Map<string, Map<string, Map<string, Upstream>>>();

  add(ingress: Ingress): void {
    const { canary } = annotationsOf(ingress);
    const addOne = (backend: IngressBackend | undefined, replaces = false) => {
      if (backend?.type !== 'service' || (!replaces && this.of(ingress, backend))) return;
      const services = this.known.get(ingress.namespace) ?? new Map<string, Map<string, Upstream>>();
      const ports = services.get(backend.name) ?? new Map<string, Upstream>();
      ports.set(String(backend.port), { ingress, backend, canary, affinity: undefined, alternative: undefined, isDeleted: false });
      this.known.set(ingress.namespace, services.set(backend.name, ports));
    };
    addOne(ingress.defaultBackend, true);
    for (const { paths } of ingress.rules) for (const { backend } of paths) addOne(backend);
  }

  of({ namespace }: Ingress, backend: IngressBackend | undefined): Upstream | undefined {
    if (backend?.type !== 'service') return undefined;
    return this.known.get(namespace)?.get(backend.name)?.get(String(backend.port));
  }
}

/** The name that the controller gives it (`upstreamName`). */
export function upstreamName({ ingress, backend }: Upstream): string {
  return backend.type === 'service' ? `${ingress.namespace}-${backend.name}-${backend.port}` : '';
}
