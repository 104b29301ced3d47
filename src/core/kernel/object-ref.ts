import { compareBy } from './compare.js';

/** Names one Kubernetes object the way kubectl does. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** `shop/web`, or `node-1` for cluster-scoped objects. */
export function qualifiedName(ref: Pick<ObjectRef, 'namespace' | 'name'>): string {
  return ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
}

/** `NetworkPolicy shop/api-allow`: how messages name an object. Where several APIs have the kind, one of another group than Kubernetes' own carries it, as in kubectl. */
export function describeRef(ref: ObjectRef): string {
  return `${describeKind(ref)} ${qualifiedName(ref)}`;
}

/** `NetworkPolicy`, `NetworkPolicy.projectcalico.org`. Calico serves its objects in two groups, which are one API. */
function describeKind({ apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>): string {
  const group = apiGroup(apiVersion);
  if (kind !== 'NetworkPolicy' || group === 'networking.k8s.io' || group === 'extensions') return kind;
  return `${kind}.${group === 'crd.projectcalico.org' ? 'projectcalico.org' : group}`;
}

/** `networking.k8s.io` of `networking.k8s.io/v1`; empty for the core group. */
export function apiGroup(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Stable order of objects: kind, namespace, name, apiVersion. */
export const compareRefs = compareBy<ObjectRef>(
  (ref) => ref.kind,
  (ref) => ref.namespace ?? '',
  (ref) => ref.name,
  (ref) => ref.apiVersion,
);
