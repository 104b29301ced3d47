import { compareBy } from '../../core/kernel/compare.js';
import type { Understanding } from '../../core/kernel/diagnostic.js';
import { describeRef, qualifiedName } from '../../core/kernel/object-ref.js';
import type { LabelSelector } from '../../core/resources/label-selector.js';
import type { Pod } from '../../core/resources/pod.js';
import type { Labels } from '../../core/resources/resource.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { ObjectDocument } from '../../manifests/manifest-document.js';
import { type CrossCheck, type CrossFinding, placeOf } from './cross-finding.js';

/** Labels that controllers give each pod of their own accord. */
const OF_CONTROLLERS: ReadonlySet<string> = new Set([
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'controller-revision-hash',
  'pod-template-generation',
  'pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
]);

interface SeenOwner {
  readonly first: string;
  readonly labels: Labels;
  /** The first pod that differs in a label, by key. */
  readonly others: Map<string, { readonly finding: Omit<CrossFinding, 'diagnostic'>; readonly line: number }>;
}

/**
 * Finds pods of one controller that differ in a label by which policies of the import select pods: they are replicas, and policies treat them differently. Each is
 * judged by its own labels. Memory follows the number of controllers.
 */
export class OwnerLabels implements CrossCheck {
  private readonly owners = new Map<string, SeenOwner>();
  private readonly asked = new Set<string>();

  note(document: ObjectDocument, resource: UnderstoodResource | undefined, understanding: Understanding): void {
    if (resource?.kind === 'Pod') this.notePod(document, resource, understanding);
    else if (resource) for (const selector of podSelectorsOf(resource)) for (const { key } of selector.requirements) this.asked.add(key);
  }

  findings(): readonly CrossFinding[] {
    const found = [...this.owners].flatMap(([owner, { first, others }]) =>
      [...others].flatMap(([key, { finding, line }]): readonly CrossFinding[] => {
        if (!this.asked.has(key)) return [];
        const message = `the pod and \`${first}\` belong to ${owner} and differ in the label \`${key}\`, by which policies select pods: each is judged by its own labels`;
        return [
          { ...finding, diagnostic: { severity: 'warning', code: 'owner-labels-differ', message, pointer: '/metadata/labels', line } },
        ];
      }),
    );
    return found.sort(
      compareBy(
        ({ object }) => describeRef(object),
        ({ diagnostic }) => diagnostic.message,
      ),
    );
  }

  private notePod(document: ObjectDocument, { ref, labels, owners }: Pod, understanding: Understanding): void {
    const owner = owners.find(({ controller, kind }) => controller && kind !== 'Node');
    if (!owner) return;
    const name = `${owner.kind} ${ref.namespace ?? ''}/${owner.name}`;
    const seen = this.owners.get(name);
    if (!seen) {
      this.owners.set(name, { first: qualifiedName(ref), labels, others: new Map() });
      return;
    }
    for (const key of new Set([...Object.keys(labels), ...Object.keys(seen.labels)])) {
      if (labels[key] === seen.labels[key] || OF_CONTROLLERS.has(key) || seen.others.has(key)) continue;
      const finding = { place: placeOf(document), understanding, object: ref };
      seen.others.set(key, { finding, line: document.lineOf('/metadata/labels') });
    }
  }
}

/** By which labels a policy tells pods apart. */
function podSelectorsOf(resource: UnderstoodResource): readonly LabelSelector[] {
  if (resource.kind === 'NetworkPolicy') return [resource.podSelector, ...inRules(resource)];
  const ofCluster = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'] as const;
  if (!isOf(resource, ofCluster)) return [];
  const subject = resource.subject?.podSelector;
  return [...(subject ? [subject] : []), ...inRules(resource)];
}

function isOf<K extends UnderstoodResource['kind']>(
  resource: UnderstoodResource,
  kinds: readonly K[],
): resource is Extract<UnderstoodResource, { kind: K }> {
  return kinds.some((kind) => kind === resource.kind);
}

interface Ruled {
  readonly peers: readonly { readonly type: string; readonly podSelector?: LabelSelector | undefined }[];
}

function inRules({ ingress, egress }: { readonly ingress: readonly Ruled[]; readonly egress: readonly Ruled[] }): readonly LabelSelector[] {
  return [...ingress, ...egress].flatMap(({ peers }) => peers.flatMap(({ podSelector }) => podSelector ?? []));
}
