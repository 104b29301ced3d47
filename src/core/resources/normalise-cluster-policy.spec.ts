import { describe, expect, it } from 'vitest';
import { networkPolicy } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { normaliseObject } from './normalise-object.js';

/** The rules are the validations of the CRDs: network-policy-api `apis/v1alpha1`, `apis/v1alpha2`, `apis/v1beta1`. */

const subject = { namespaces: {} };
const from = [{ namespaces: {} }];

/** `severity pointer` of each finding. */
function findings(name: string, spec: JsonObject): readonly string[] {
  return normaliseObject(networkPolicy(name, spec)).diagnostics.map(({ severity, pointer }) => `${severity} ${pointer ?? ''}`);
}

const many = (count: number, one: unknown) => Array.from({ length: count }, () => one);

const networks = (count: number) => Array.from({ length: count }, (_, index) => `10.${index}.0.0/16`);

describe('what the API server refuses of policies of the cluster', () => {
  const rule = (more: object, action = 'Deny') => ({ action, from, ...more });
  const anp = (ingress: unknown) => ({ priority: 1, subject, ingress }) as JsonObject;
  const cnp = (egress: unknown) => ({ tier: 'Admin', priority: 1, subject, egress }) as JsonObject;
  const to = (...peers: unknown[]) => [{ action: 'Accept', to: peers }];
  const cases: readonly (readonly [what: string, name: string, spec: JsonObject, expected: readonly string[]])[] = [
    ['a policy that is right', 'anp a', anp([rule({ ports: [{ portNumber: { port: 80 } }] })]), []],
    ['no subject', 'anp a', { priority: 1 }, ['error /spec/subject']],
    ['two kinds of subject', 'anp a', { priority: 1, subject: { namespaces: {}, pods: {} } }, ['error /spec/subject']],
    ['no priority', 'anp a', { subject }, ['error /spec/priority']],
    ['priority above 1000', 'cnp a', { tier: 'Admin', priority: 1001, subject }, ['error /spec/priority']],
    ['no tier', 'cnp a', { priority: 1, subject }, ['error /spec/tier']],
    ['a tier that is none', 'cnp a', { tier: 'admin', priority: 1, subject }, ['error /spec/tier']],
    ['the action of the other version', 'anp a', anp([rule({}, 'Accept')]), ['error /spec/ingress/0/action']],
    ['Pass in a BaselineAdminNetworkPolicy', 'banp default', { subject, ingress: [rule({}, 'Pass')] }, ['error /spec/ingress/0/action']],
    ['a second BaselineAdminNetworkPolicy', 'banp other', { subject }, ['error /metadata/name']],
    ['no peer', 'anp a', anp([{ action: 'Deny' }]), ['error /spec/ingress/0/from']],
    [
      'an unknown kind of peer',
      'anp a',
      anp([rule({ from: [{ mesh: {} }] })]),
      ['warning /spec/ingress/0/from/0/mesh', 'error /spec/ingress/0/from/0'],
    ],
    [
      'networks as a source',
      'anp a',
      anp([rule({ from: [{ networks: ['10.0.0.0/8'] }] })]),
      ['warning /spec/ingress/0/from/0/networks', 'error /spec/ingress/0/from/0'],
    ],
    ['a network that is no CIDR', 'cnp a', cnp(to({ networks: ['10.0.0.0'] })), ['error /spec/egress/0/to/0/networks/0']],
    ['a domain name with a star inside', 'cnp a', cnp(to({ domainNames: ['a.*.com'] })), ['error /spec/egress/0/to/0/domainNames/0']],
    [
      'domain names in a rule that denies',
      'cnp a',
      cnp([{ action: 'Deny', to: [{ domainNames: ['a.com'] }] }]),
      ['error /spec/egress/0/to/0'],
    ],
    [
      'two kinds of port',
      'anp a',
      anp([rule({ ports: [{ portNumber: { port: 1 }, namedPort: 'x' }] })]),
      ['error /spec/ingress/0/ports/0'],
    ],
    [
      'a range that ends before it starts',
      'anp a',
      anp([rule({ ports: [{ portRange: { start: 10, end: 1 } }] })]),
      ['error /spec/ingress/0/ports/0/portRange/end'],
    ],
    ['an empty list of ports', 'cnp a', cnp([{ action: 'Deny', to: from, protocols: [] }]), ['error /spec/egress/0/protocols']],
    [
      '`tcp: {}`',
      'cnp a',
      cnp([{ action: 'Deny', to: from, protocols: [{ tcp: {} }] }]),
      ['warning /spec/egress/0/protocols/0/tcp/destinationPort'],
    ],
    [
      'a named port at networks',
      'cnp a',
      cnp([{ action: 'Deny', to: [{ networks: ['10.0.0.0/8'] }], protocols: [{ destinationNamedPort: 'x' }] }]),
      ['error /spec/egress/0/protocols/0'],
    ],
    ['26 rules of v1alpha2', 'cnp a', cnp(many(26, { action: 'Deny', to: from })), ['error /spec/egress']],
    ['100 rules of v1alpha1', 'anp a', anp(many(100, rule({}))), []],
    ['101 rules of v1alpha1', 'anp a', anp(many(101, rule({}))), ['error /spec/ingress']],
    ['26 networks', 'cnp a', cnp(to({ networks: networks(26) })), ['error /spec/egress/0/to/0/networks']],
    ['25 networks', 'cnp a', cnp(to({ networks: networks(25) })), []],
    ['one network twice', 'cnp a', cnp(to({ networks: ['10.0.0.0/8', '::/0', '10.0.0.0/8'] })), ['error /spec/egress/0/to/0/networks/2']],
    ['one domain name twice', 'cnp a', cnp(to({ domainNames: ['a.b', 'a.b'] })), ['error /spec/egress/0/to/0/domainNames/1']],
    ['bits after the prefix, in v1alpha2', 'cnp a', cnp(to({ networks: ['10.1.0.0/8'] })), []],
    ['bits after the prefix, in v1beta1', 'cnp/v1beta1 a', cnp(to({ networks: ['10.1.0.0/8'] })), ['error /spec/egress/0/to/0/networks/0']],
    ['none, in v1beta1', 'cnp/v1beta1 a', cnp(to({ networks: ['10.0.0.0/8', 'fd00::/8', '::/0'] })), []],
    ['a prefix of `isCIDR` with a zero', 'cnp a', cnp(to({ networks: ['10.0.0.0/08'] })), ['error /spec/egress/0/to/0/networks/0']],
    ['an IPv4-mapped network', 'cnp a', cnp(to({ networks: ['::ffff:a00:0/104'] })), ['error /spec/egress/0/to/0/networks/0']],
    ['pods without a namespaceSelector', 'cnp a', cnp(to({ pods: { podSelector: {} } })), []],
    ['the same of v1beta1', 'cnp/v1beta1 a', cnp(to({ pods: { podSelector: {} } })), []],
    [
      'the same of v1alpha1',
      'anp a',
      anp([rule({ from: [{ pods: { podSelector: {} } }] })]),
      ['warning /spec/ingress/0/from/0/pods/namespaceSelector'],
    ],
    ['pods without a podSelector', 'cnp a', cnp(to({ pods: { namespaceSelector: {} } })), ['warning /spec/egress/0/to/0/pods/podSelector']],
  ];
  it.each(cases)('%s', (_, name, spec, expected) => {
    expect(findings(name, spec)).toEqual(expected);
  });

  it('Antrea’s ClusterNetworkPolicy is another kind', () => {
    const { resource, unmodelled } = normaliseObject({ ...networkPolicy('cnp a', { subject }), apiVersion: 'crd.antrea.io/v1beta1' });
    expect([resource, unmodelled?.affects]).toEqual([undefined, 'policy']);
  });

  it('networks of OVN-Kubernetes, which part pods, are worth a warning', () => {
    const network = { apiVersion: 'k8s.ovn.org/v1', kind: 'UserDefinedNetwork', metadata: { name: 'blue', namespace: 'blue' }, spec: {} };
    expect(normaliseObject(network).diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning unsupported-kind']);
  });
});
