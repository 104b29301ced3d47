import { describe, expect, it } from 'vitest';
import { type ConnectionSet, connectionsOf, formatConnections } from './connection-set.js';
import { afterLayer, decideInOrder, PLAIN, type Standing } from './decide-in-order.js';

type Rule = readonly ['Accept' | 'Deny' | 'Pass', ConnectionSet];
type Layer = readonly ['Deny' | 'open', readonly Rule[]];

const ports = (from: number, to = from) => connectionsOf('TCP', from, to);

/** What is allowed, of TCP. */
function decide(layers: readonly Layer[]): string {
  let standing: Standing<ConnectionSet> = { allowed: PLAIN.none, open: ports(1, 65535) };
  for (const [end, rules] of layers) {
    const decision = decideInOrder(rules, ([action, matched]) => ({ action, matched }), PLAIN);
    standing = afterLayer(standing, decision, end, PLAIN);
  }
  return formatConnections(PLAIN.join(standing.allowed, standing.open));
}

// projectcalico/calico app-policy/checker `checkTiers`; network-policy-api apis/v1alpha2 `ClusterNetworkPolicyRuleAction`.
describe.each<readonly [string, readonly Layer[], string]>([
  ['what nothing decides is allowed', [['open', []]], 'TCP 1-65535'],
  ['a layer that ends with Deny denies what no rule matches', [['Deny', [['Accept', ports(80)]]]], 'TCP 80'],
  [
    'the first rule that matches decides',
    [
      [
        'Deny',
        [
          ['Deny', ports(80)],
          ['Accept', ports(79, 81)],
        ],
      ],
    ],
    'TCP 79,81',
  ],
  [
    'an open end leaves the rest to the next layer',
    [
      ['open', [['Accept', ports(80)]]],
      ['Deny', [['Accept', ports(443)]]],
    ],
    'TCP 80,443',
  ],
  [
    'Deny is final',
    [
      ['open', [['Deny', ports(80)]]],
      ['Deny', [['Accept', ports(79, 80)]]],
    ],
    'TCP 79',
  ],
  [
    'Pass leaves to the next layer what the end would deny',
    [
      ['Deny', [['Pass', ports(80, 81)]]],
      ['Deny', [['Accept', ports(81, 82)]]],
    ],
    'TCP 81',
  ],
  ['Pass out of the last layer is allowed', [['Deny', [['Pass', ports(80)]]]], 'TCP 80'],
  [
    'Pass skips the later rules of its layer',
    [
      [
        'open',
        [
          ['Pass', ports(80)],
          ['Deny', ports(80, 81)],
        ],
      ],
    ],
    'TCP 1-80,82-65535',
  ],
  [
    'a layer without rules that ends with Deny denies the rest',
    [
      ['open', [['Accept', ports(80)]]],
      ['Deny', []],
    ],
    'TCP 80',
  ],
])('layers: %s', (_, layers, allowed) => {
  it('decide in order', () => {
    expect(decide(layers)).toBe(allowed);
  });
});
