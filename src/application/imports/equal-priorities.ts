import { compareBy } from '../../core/kernel/compare.js';
import type { Understanding } from '../../core/kernel/diagnostic.js';
import { describeRef } from '../../core/kernel/object-ref.js';
import type { ClusterPolicy } from '../../core/resources/cluster-policy.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { ObjectDocument } from '../../manifests/manifest-document.js';
import { type CrossCheck, type CrossFinding, placeOf } from './cross-finding.js';

interface Seen {
  readonly finding: Omit<CrossFinding, 'diagnostic'>;
  readonly line: number;
  readonly place: string;
}

/**
 * Finds policies of the cluster with one tier and priority: "if two policies in the same tier with the same priority could match a connection, then the
 * implementation can apply any of the matching policies" (network-policy-api `apis/v1alpha2`, Priority). Whether they really decide differently is for `policy-lint`
 * to say. Of several versions of one object the last counts.
 */
export class EqualPriorities implements CrossCheck {
  private readonly policies = new Map<string, Seen>();

  note(document: ObjectDocument, resource: UnderstoodResource | undefined, understanding: Understanding): void {
    if (!isRanked(resource)) return;
    const finding = { place: placeOf(document), understanding, object: resource.ref };
    const place = `priority ${resource.priority ?? ''} in tier ${resource.tier}`;
    this.policies.set(describeRef(resource.ref), { finding, line: document.lineOf('/spec/priority'), place });
  }

  findings(): readonly CrossFinding[] {
    const byPlace = new Map<string, string>();
    const names = [...this.policies].sort(compareBy(([name]) => name));
    return names.flatMap(([name, { finding, line, place }]) => {
      const other = byPlace.get(place);
      if (other === undefined) {
        byPlace.set(place, name);
        return [];
      }
      const message = `${other} has ${place} too: which of the two acts first is up to the plugin; taken in the order of their names`;
      const hint = 'give each policy a priority of its own';
      return [{ ...finding, diagnostic: { severity: 'warning', code: 'same-priority', message, pointer: '/spec/priority', line, hint } }];
    });
  }
}

function isRanked(resource: UnderstoodResource | undefined): resource is ClusterPolicy {
  return (resource?.kind === 'AdminNetworkPolicy' || resource?.kind === 'ClusterNetworkPolicy') && resource.priority !== undefined;
}
