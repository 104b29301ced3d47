import { apiGroup } from '../../core/kernel/object-ref.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { ObjectIdentity } from '../clusters/stored-object.js';

/** Kinds that moved to another group: the API server keeps one object and serves it in both (kubernetes.io/docs/reference/using-api/deprecation-guide). */
const MOVED: ReadonlyMap<string, string> = new Map([
  ['extensions/Deployment', 'apps'],
  ['extensions/DaemonSet', 'apps'],
  ['extensions/ReplicaSet', 'apps'],
  ['extensions/Ingress', 'networking.k8s.io'],
  ['extensions/NetworkPolicy', 'networking.k8s.io'],
  ['extensions/PodSecurityPolicy', 'policy'],
  ['/Event', 'events.k8s.io'],
]);

/** What makes the object the same object in every revision, whichever version of its API it is written in. */
export function identityOf(object: KubernetesObject): ObjectIdentity {
  const { kind, metadata } = object;
  const group = apiGroup(object.apiVersion);
  return { group: MOVED.get(`${group}/${kind}`) ?? group, kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

/** A key for maps. None of the parts can contain a slash. */
export function identityKey({ group, kind, namespace, name }: ObjectIdentity): string {
  return `${group}/${kind}/${namespace}/${name}`;
}
