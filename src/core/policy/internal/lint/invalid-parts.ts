import type { ClusterPolicy, PolicyAction } from '../../../resources/cluster-policy.js';
import { DIRECTIONS } from '../direction.js';
import type { NetworkPolicy } from '../../../resources/network-policy.js';
import type { LintDrafts } from './draft.js';
import type { LintContext, LintedPolicy } from './lint-context.js';

/** Parts that the API server refuses, and what is made of them. The import names the field; here stands what it means for verdicts. */
export function* invalidParts(_: LintContext, policy: LintedPolicy): LintDrafts {
  const found = policy.kind === 'NetworkPolicy' ? inNetworkPolicy(policy) : inClusterPolicy(policy);
  for (const { pointer, message } of found) yield { code: 'POL-INVALID', object: policy.ref, pointer, message };
}

interface Part {
  readonly pointer: string;
  readonly message: string;
}

function* inNetworkPolicy(policy: NetworkPolicy): Generator<Part> {
  if (policy.podSelector.invalid)
    yield { pointer: '/spec/podSelector', message: 'the podSelector is not valid: the policy selects no pod' };
  for (const direction of DIRECTIONS) {
    for (const { peers, ports } of policy[direction]) {
      for (const peer of peers) {
        if (peer.type === 'invalid') yield { pointer: peer.pointer, message: `the peer matches nothing: ${peer.why}` };
        else if (peer.type === 'pods' && (peer.podSelector?.invalid || peer.namespaceSelector?.invalid)) {
          yield { pointer: peer.pointer, message: 'a selector of the peer is not valid: it matches nothing' };
        }
      }
      for (const port of ports) {
        if (port.type === 'invalid') yield { pointer: port.pointer, message: `the port matches nothing: ${port.why}` };
      }
    }
  }
}

/** What becomes of a rule that fails closed, in words. */
export function closedEffect(action: PolicyAction): string {
  return action === 'Accept' ? 'it accepts, and so matches nothing' : 'it does not accept, and so denies everything';
}

function* inClusterPolicy(policy: ClusterPolicy): Generator<Part> {
  if (!policy.subject) yield { pointer: '/spec/subject', message: 'the subject cannot be read: the policy selects no pod' };
  for (const direction of DIRECTIONS) {
    for (const { pointer, failsClosed, unknownToPlugin, action } of policy[direction]) {
      if (!failsClosed || unknownToPlugin !== undefined) continue;
      const closed = closedEffect(action);
      yield { pointer, message: `the rule cannot be read and fails closed: ${closed}; the report of its import says why` };
    }
  }
}
