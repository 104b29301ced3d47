import type { Diagnostic } from '../core/kernel/diagnostic.js';
import { isJsonObject, type Json } from '../core/kernel/json.js';
import { apiGroup } from '../core/kernel/object-ref.js';
import type { KubernetesObject } from '../core/resources/kubernetes-object.js';
import { knownScope, type Scope } from './object-scope.js';

/** Looks up the scope that a CustomResourceDefinition of the cluster declares for a kind. */
export type FindScope = (group: string, kind: string) => Scope | undefined;

/** An object in its namespace, or in none where its kind has none. */
export interface Placed {
  readonly object: KubernetesObject;
  readonly diagnostics: readonly Diagnostic[];
}

/** The kind that a CustomResourceDefinition defines, as a key `group/kind`, with its scope. */
export function definedScope(
  object: KubernetesObject,
): { readonly group: string; readonly kind: string; readonly scope: Scope } | undefined {
  if (object.kind !== 'CustomResourceDefinition' || apiGroup(object.apiVersion) !== 'apiextensions.k8s.io') return undefined;
  const spec = object['spec'];
  if (!isJsonObject(spec)) return undefined;
  const names = spec['names'];
  const kind = isJsonObject(names) ? names['kind'] : undefined;
  const { group, scope } = spec;
  if (typeof group !== 'string' || typeof kind !== 'string') return undefined;
  return { group, kind, scope: scope === 'Cluster' ? 'Cluster' : 'Namespaced' };
}

/** An object that was in a cluster has a uid; there, whatever lives in a namespace names it. */
function wasInCluster(object: KubernetesObject): boolean {
  return typeof object.metadata['uid'] === 'string';
}

/** Whether placing the object has to wait until every CustomResourceDefinition of the import is known. */
export function awaitsDefinition(object: KubernetesObject): boolean {
  return knownScope(object.apiVersion, object.kind) === undefined && object.metadata.namespace === undefined && !wasInCluster(object);
}

function withNamespace(object: KubernetesObject, namespace: string | undefined): KubernetesObject {
  const { namespace: _, ...metadata } = object.metadata as { namespace?: Json; name: string };
  return { ...object, metadata: namespace === undefined ? metadata : { ...metadata, namespace } };
}

/**
 * Puts an object that names no namespace into the default one, unless its kind is cluster-scoped: by a table of known kinds, else by the
 * cluster's CustomResourceDefinitions. A kind that neither knows is taken for namespaced, and that is said. A namespace on an object of a kind
 * that is known to be cluster-scoped is dropped, as the API server does (apiserver `pkg/registry/rest/create.go`).
 */
export function placeInNamespace(object: KubernetesObject, defaultNamespace: string, findScope: FindScope): Placed {
  const { namespace } = object.metadata;
  const known = knownScope(object.apiVersion, object.kind);
  if (namespace !== undefined) {
    if (known !== 'Cluster') return { object, diagnostics: [] };
    const message = `a ${object.kind} belongs to no namespace; \`${namespace}\` is dropped`;
    return {
      object: withNamespace(object, undefined),
      diagnostics: [{ severity: 'info', code: 'namespace-dropped', message, pointer: '/metadata/namespace' }],
    };
  }
  const scope = known ?? findScope(apiGroup(object.apiVersion), object.kind);
  if (scope === 'Cluster' || (scope === undefined && wasInCluster(object))) return { object, diagnostics: [] };
  const placed = withNamespace(object, defaultNamespace);
  if (scope !== undefined) return { object: placed, diagnostics: [] };
  const message = `nothing tells whether a ${object.kind} lives in a namespace; it is put into \`${defaultNamespace}\``;
  return {
    object: placed,
    diagnostics: [
      { severity: 'info', code: 'scope-unknown', message, pointer: '/metadata', hint: 'import its CustomResourceDefinition too' },
    ],
  };
}
