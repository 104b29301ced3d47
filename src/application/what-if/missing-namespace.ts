import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadRevision } from '../models/read-revision.js';
import { refusedObject } from './api-refusal.js';

type Objects = ReadRevision['objects'];

/** The API server makes these itself (kubernetes/pkg/controlplane, `SystemNamespaces`; `default` by its own controller). */
const ALWAYS: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

const NAMESPACE = '/Namespace//';

/**
 * Why the API server would refuse an object that is added (plugin/pkg/admission/namespace/lifecycle): its namespace is supposed to be gone, or is none of those that are stored. A state without any Namespace
 * tells nothing of them; objects that are in one show that it is there.
 */
export async function missingNamespace(
  added: ReadonlyMap<string, KubernetesObject>,
  { before, after }: { readonly before: Objects; readonly after: Objects },
  pace: Pace,
): Promise<Problem | undefined> {
  const wanted = new Map<string, KubernetesObject>();
  for (const object of added.values()) {
    const { namespace } = object.metadata;
    if (namespace === undefined || namespace === '' || ALWAYS.has(namespace) || after.has(NAMESPACE + namespace)) continue;
    if (!wanted.has(namespace)) wanted.set(namespace, object);
  }
  if (wanted.size === 0) return undefined;
  const stored = new Set<string>();
  const inhabited = new Set<string>();
  for (const key of before.keys()) {
    if (key.startsWith(NAMESPACE)) stored.add(key.slice(NAMESPACE.length));
    else inhabited.add(key.split('/', 3)[2] ?? '');
    if (pace.isDue) await pace.rest();
  }
  for (const [namespace, object] of wanted) {
    const isGone = stored.has(namespace);
    if (!isGone && (stored.size === 0 || inhabited.has(namespace))) continue;
    const message = isGone ? `namespace \`${namespace}\` is supposed to be gone` : `namespace \`${namespace}\` is not there`;
    const hint = isGone ? undefined : didYouMeanHint(namespace, stored);
    return refusedObject(
      object,
      { pointer: '/metadata/namespace', message, code: 'unknown-namespace' },
      hint ?? 'apply its Namespace as well',
    );
  }
  return undefined;
}
