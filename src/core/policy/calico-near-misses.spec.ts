import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { askPolicy } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';

const PODS = 'shop/web app=web @10.0.0.1\ndata/db app=db @10.0.0.2';
const FLOW = 'shop/web -> data/db:80';

function cluster(ingress: readonly JsonObject[], pods = PODS) {
  return calicoCluster(pods, { 'gnp db': { selector: 'app == "db"', types: ['Ingress'], ingress } });
}

/** `POD_LABEL: give …` of those that suffice alone, of the kinds that are asked for. */
function fixes(ingress: readonly JsonObject[], reasons: readonly string[], pods = PODS) {
  const { verdict, result } = askPolicy(cluster(ingress, pods), FLOW);
  expect(verdict).toBe('DENIED');
  return result.nearMisses
    .filter(({ reason, suffices }) => suffices && reasons.includes(reason))
    .map(({ reason, fix }) => `${reason}: ${fix}`);
}

const LABELS = ['POD_LABEL', 'NAMESPACE_LABEL'];
const from = (source: JsonObject, action = 'Allow'): JsonObject => ({ action, source });

/** What selectors ask is that of Calico's NetworkPolicy reference, "Selectors"; each change is made to the pods by hand, too. */
describe('the smallest change of a label that a policy of Calico wants', () => {
  it.each([
    ['role == "client"', 'give Pod shop/web the label `role=client`', 'role=client'],
    ['role in {"a", "b"} && app == "web"', 'give Pod shop/web the label `role=a`', 'role=a'],
    ['has(trusted)', 'give Pod shop/web the label `trusted=true`', 'trusted=true'],
    ['role starts with "cl"', 'give Pod shop/web the label `role=cl`', 'role=cl'],
  ])('%s: %s', (selector, fix, label) => {
    const rules = [from({ selector, namespaceSelector: 'all()' })];
    expect(fixes(rules, LABELS)).toEqual([`POD_LABEL: ${fix}`]);
    expect(askPolicy(cluster(rules, PODS.replace('app=web', `app=web ${label}`)), FLOW).verdict).toBe('ALLOWED');
  });

  it('a label that has to go, from a rule that allows and from one that denies', () => {
    const old = PODS.replace('app=web', 'app=web old=yes');
    const expected = ['POD_LABEL: take the label `old` from Pod shop/web'];
    expect(fixes([from({ selector: '!has(old)' })], LABELS, old)).toEqual(expected);
    const denies = [from({ selector: 'has(old)' }, 'Deny'), from({ selector: 'all()' })];
    expect(fixes(denies, LABELS, old)).toEqual(expected);
    expect(askPolicy(cluster(denies), FLOW).verdict).toBe('ALLOWED');
  });

  it('a label of its namespace', () => {
    expect(fixes([from({ namespaceSelector: 'team == "a"' })], LABELS)).toEqual([
      'NAMESPACE_LABEL: give Namespace shop the label `team=a`',
    ]);
  });

  it('none where two labels are missing, and none for the name of the namespace', () => {
    expect(fixes([from({ selector: 'role == "a" && zone == "b"' })], LABELS)).toEqual([]);
    expect(fixes([from({ namespaceSelector: 'projectcalico.org/name == "ops"' })], LABELS)).toEqual([]);
  });

  it('a port of a rule that admits the peer', () => {
    const rule = (...ports: readonly number[]) => [{ ...from({ selector: 'app == "web"' }), protocol: 'TCP', destination: { ports } }];
    expect(fixes(rule(81), ['RULE_PORT'])).toEqual([
      'RULE_PORT: add `80` to `/spec/ingress/0/destination/ports` of GlobalNetworkPolicy db',
    ]);
    expect(askPolicy(cluster(rule(81, 80)), FLOW).verdict).toBe('ALLOWED');
  });
});

describe('a rule of very many conditions', () => {
  it('is tried with fewer labels the more it asks', () => {
    const terms = (count: number) => Array.from({ length: count }, (_, at) => `(a${at} == "x" && b${at} == "y")`).join(' || ');
    const tried = (count: number, last: string) => {
      const selector = `${terms(count)} || ${last}`;
      return fixes([from({ selector, namespaceSelector: 'all()' })], LABELS);
    };
    expect(tried(20, 'role == "client"')).toEqual(['POD_LABEL: give Pod shop/web the label `role=client`']);
    // Each label that is tried asks 12,001 conditions: a million of them come to an end before the last of as many labels.
    expect(tried(6_000, 'role == "client"')).toEqual([]);
  });
});
