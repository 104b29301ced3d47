import { assertNever } from '../../kernel/assert-never.js';
import type { IngressBackend, IngressPath } from '../../resources/ingress.js';
import type { Resource } from '../../resources/resource.js';

/** The object that a path stands in: an Ingress, or one of a controller's own kinds. */
export interface RoutingObject extends Resource {
  readonly namespace: string;
}

/** One way into a backend, as its Ingress wrote it: a path of a rule, or the rule itself when it has no `http` part. */
export interface PathRule<Holder extends RoutingObject = RoutingObject> {
  readonly ingress: Holder;
  readonly pointer: string;
  /** Undefined: every host. */
  readonly host: string | undefined;
  /** Undefined: the rule has no `http` part, its host goes to the default backend (rule A11). */
  readonly path: string | undefined;
  readonly pathType: IngressPath['pathType'] | undefined;
  readonly backend: IngressBackend | undefined;
  /** How it is shown, where it is none of an Ingress. */
  readonly backendText?: string;
  /** Why the API server refuses this path; such a path matches nothing. */
  readonly fault: string | undefined;
}

/** The rule that a path of an Ingress makes. Member by member, for there are as many as paths: an object that a spread began keeps what is added to it beside itself. */
export function pathRule<Holder extends RoutingObject>(
  ingress: Holder,
  host: string | undefined,
  { pointer, path, pathType, backend }: IngressPath,
  fault: string | undefined,
): PathRule<Holder> {
  return { ingress, pointer, host, path, pathType, backend, fault };
}

/** The path that a Prefix rule compares: its trailing `/` is ignored (KEP-1453 "Path matching semantics" 3). */
export function prefixPath(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Length in which paths are ranked: of the path as it is compared, so that `/foo` and `/foo/` of type Prefix rank alike. */
export function rankedLength(rule: Pick<PathRule, 'path' | 'pathType'>): number {
  if (rule.path === undefined) return 0;
  return rule.pathType === 'Prefix' ? prefixPath(rule.path).length : rule.path.length;
}

/** `service web:http`, `resource StorageBucket/static`: how candidates name their backend. */
export function describeBackend(backend: IngressBackend | undefined): string {
  if (backend === undefined) return 'no backend';
  switch (backend.type) {
    case 'service':
      return `service ${backend.name}:${backend.port}`;
    case 'resource':
      return `resource ${backend.kind}/${backend.name}`;
    case 'invalid':
      return `invalid backend (${backend.why})`;
    default:
      return assertNever(backend);
  }
}
