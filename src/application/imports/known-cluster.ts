import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { Scope } from '../../manifests/object-scope.js';
import { definedScope, type FindScope } from '../../manifests/place-in-namespace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { RevisionStore } from '../clusters/revision-store.js';

/** What an import has to know of the cluster it is a part of. */
export interface KnownCluster {
  readonly findScope: FindScope;
  readonly namespaces: ReadonlySet<string>;
}

/** An import that replaces everything knows nothing but itself. */
export const NOTHING_KNOWN: KnownCluster = { findScope: () => undefined, namespaces: new Set() };

/** Reads the definitions and namespaces of the cluster's newest revision. */
export async function knownCluster(store: RevisionStore, cluster: Cluster): Promise<KnownCluster> {
  const scopes = new Map<string, Scope>();
  const namespaces = new Set<string>();
  if (cluster.latestRevision === 0) return NOTHING_KNOWN;
  for await (const batch of store.objectsAt(cluster, cluster.latestRevision, { kinds: ['Namespace', 'CustomResourceDefinition'] })) {
    for (const { kind, group, name, body } of batch) {
      if (kind === 'Namespace' && group === '') namespaces.add(name);
      if (kind === 'Namespace') continue;
      // What is stored was checked when it came in.
      const definition: KubernetesObject = JSON.parse(body);
      const defined = definedScope(definition);
      if (defined) scopes.set(`${defined.group}/${defined.kind}`, defined.scope);
    }
  }
  return { findScope: (group, kind) => scopes.get(`${group}/${kind}`), namespaces };
}
