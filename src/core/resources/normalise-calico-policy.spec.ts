import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { formatCidr } from '../net/cidr.js';
import type { CalicoPolicy } from './calico-policy.js';
import { type Normalised, normaliseObject } from './normalise-object.js';

/**
 * Expectations: the kubebuilder markers and comments of projectcalico/calico `api/pkg/apis/projectcalico/v3`, and
 * `libcalico-go/lib/validator/v3/validator.go`.
 */

function read(kind: string, spec: JsonObject, more: { name?: string; apiVersion?: string; annotations?: JsonObject } = {}): Normalised {
  const { name = 'a', apiVersion = 'projectcalico.org/v3', annotations } = more;
  const metadata = { name, namespace: 'shop', ...(annotations ? { annotations } : {}) };
  return normaliseObject({ apiVersion, kind, metadata, spec });
}

/** `severity pointer` of each finding. */
function findings(kind: string, spec: JsonObject, name = 'a'): readonly string[] {
  return read(kind, spec, { name }).diagnostics.map(({ severity, pointer }) => `${severity} ${pointer ?? ''}`);
}

function policy(kind: string, spec: JsonObject, name = 'a', apiVersion = 'projectcalico.org/v3'): CalicoPolicy {
  const { resource } = read(kind, spec, { name, apiVersion });
  if (resource?.kind !== 'CalicoNetworkPolicy' && resource?.kind !== 'GlobalNetworkPolicy') throw new Error('no policy of Calico');
  return resource;
}

const ingress = (...rules: unknown[]) => ({ ingress: rules }) as JsonObject;
const allow = (more: object) => ingress({ action: 'Allow', ...more });
const many = (count: number, one: unknown) => Array.from({ length: count }, () => one);

describe('what Calico refuses of its policies', () => {
  const NP = 'NetworkPolicy';
  const GNP = 'GlobalNetworkPolicy';
  const cases: readonly (readonly [what: string, kind: string, spec: JsonObject, expected: readonly string[]])[] = [
    ['a policy that is right', NP, allow({ protocol: 'TCP', destination: { ports: [80, '20:21', 'http'] } }), []],
    ['an order in quotes', NP, { order: '10' }, ['error /spec/order']],
    ['a tier with a dot', NP, { tier: 'a.b' }, ['error /spec/tier']],
    ['a field that is none', NP, { podSelector: {} }, ['warning /spec/podSelector']],
    ['a type twice', NP, { types: ['Ingress', 'Ingress'] }, ['error /spec/types/1']],
    ['a type that is none', NP, { types: ['ingress'] }, ['error /spec/types/0']],
    ['no type', NP, { types: [] }, ['error /spec/types']],
    ['a selector that is none', NP, { selector: 'app = "web"' }, ['error /spec/selector']],
    ['global() as a subject', GNP, { namespaceSelector: 'global()' }, ['error /spec/namespaceSelector']],
    ['doNotTrack and preDNAT', GNP, { doNotTrack: true, preDNAT: true, applyOnForward: true }, ['error /spec/preDNAT']],
    ['preDNAT with egress', GNP, { preDNAT: true, applyOnForward: true, types: ['Ingress', 'Egress'] }, ['error /spec/types']],
    ['doNotTrack without applyOnForward', GNP, { doNotTrack: true }, ['error /spec/applyOnForward']],
    ['preDNAT of a namespace', NP, { preDNAT: true }, ['warning /spec/preDNAT']],
    ['too many rules', NP, ingress(...many(1025, { action: 'Allow' })), ['error /spec/ingress']],
    ['no action', NP, ingress({}), ['error /spec/ingress/0/action']],
    ['an action that is none', NP, ingress({ action: 'Drop' }), ['error /spec/ingress/0/action']],
    ['a protocol in lower case', NP, allow({ protocol: 'tcp' }), ['error /spec/ingress/0/protocol']],
    ['protocol 0', NP, allow({ protocol: 0 }), ['error /spec/ingress/0/protocol']],
    ['ports without protocol', NP, allow({ destination: { ports: [80] } }), ['error /spec/ingress/0/destination/ports']],
    ['ports of ICMP', NP, allow({ protocol: 'ICMP', source: { notPorts: [80] } }), ['error /spec/ingress/0/source/notPorts']],
    ['a range backwards', NP, allow({ protocol: 6, source: { ports: ['9:3'] } }), ['error /spec/ingress/0/source/ports/0']],
    ['port 0', NP, allow({ protocol: 'UDP', destination: { ports: [0] } }), ['error /spec/ingress/0/destination/ports/0']],
    ['a base-60 number', NP, allow({ protocol: 'TCP', destination: { ports: [72021] } }), ['error /spec/ingress/0/destination/ports/0']],
    ['icmp of TCP', NP, allow({ protocol: 'TCP', icmp: { type: 8 } }), ['error /spec/ingress/0/icmp']],
    ['a code without type', NP, allow({ protocol: 'ICMP', icmp: { code: 0 } }), ['error /spec/ingress/0/icmp/type']],
    ['type 255', NP, allow({ protocol: 'ICMP', icmp: { type: 255 } }), ['error /spec/ingress/0/icmp/type']],
    ['ICMP over IPv6', NP, allow({ protocol: 'ICMP', ipVersion: 6 }), ['error /spec/ingress/0/ipVersion']],
    ['IP version 5', NP, allow({ ipVersion: 5 }), ['error /spec/ingress/0/ipVersion']],
    ['nets of another family', NP, allow({ ipVersion: 4, source: { nets: ['fd00::/8'] } }), ['error /spec/ingress/0/ipVersion']],
    ['nets of both families', NP, allow({ source: { nets: ['fd00::/8', '10.0.0.0/8'] } }), ['warning /spec/ingress/0/source']],
    ['host bits', NP, allow({ source: { nets: ['10.0.0.1/8'] } }), ['warning /spec/ingress/0/source/nets/0']],
    ['no network', NP, allow({ source: { notNets: ['10.0.0.0/33'] } }), ['error /spec/ingress/0/source/notNets/0']],
    [
      'global() beside more',
      NP,
      allow({ source: { namespaceSelector: 'global() || has(a)' } }),
      ['warning /spec/ingress/0/source/namespaceSelector'],
    ],
    ['global() as selector', NP, allow({ source: { selector: 'global()' } }), ['error /spec/ingress/0/source/selector']],
    [
      'services beside nets',
      NP,
      allow({ source: { services: { name: 's' }, nets: ['10.0.0.0/8'] } }),
      ['error /spec/ingress/0/source/nets'],
    ],
    ['services without a name', NP, allow({ source: { services: {} } }), ['error /spec/ingress/0/source/services/name']],
    [
      'services without namespace',
      GNP,
      allow({ source: { services: { name: 's' } } }),
      ['error /spec/ingress/0/source/services/namespace'],
    ],
    ['services at the wrong side', NP, allow({ destination: { services: { name: 's' } } }), ['error /spec/ingress/0/destination/services']],
    [
      'services with ports',
      NP,
      { egress: [{ action: 'Allow', protocol: 'TCP', destination: { services: { name: 's' }, ports: [80] } }] },
      ['error /spec/egress/0/destination/ports'],
    ],
    ['http in a rule that denies', NP, ingress({ action: 'Deny', http: { methods: ['GET'] } }), ['error /spec/ingress/0/http']],
    ['http of UDP', NP, allow({ protocol: 'UDP', http: { methods: ['GET'] } }), ['error /spec/ingress/0/http']],
    ['http in egress', NP, { egress: [{ action: 'Allow', http: {} }] }, ['error /spec/egress/0/http']],
    ['a path with a query', NP, allow({ http: { paths: [{ exact: '/a?b' }] } }), ['error /spec/ingress/0/http/paths/0/exact']],
    ['a path of two kinds', NP, allow({ http: { paths: [{ exact: '/a', prefix: '/' }] } }), ['error /spec/ingress/0/http/paths/0']],
    [
      'a staged policy that deletes and has rules',
      'StagedNetworkPolicy',
      { stagedAction: 'Delete', ...allow({}) },
      ['error /spec/ingress'],
    ],
    ['a staged action that is none', 'StagedGlobalNetworkPolicy', { stagedAction: 'Add' }, ['error /spec/stagedAction']],
    ['a tier that decides otherwise', 'Tier', { defaultAction: 'Allow' }, ['error /spec/defaultAction']],
    ['a host endpoint without place', 'HostEndpoint', {}, ['error /spec/node', 'error /spec/interfaceName']],
    [
      'a port of ICMP',
      'HostEndpoint',
      { node: 'n', interfaceName: '*', ports: [{ name: 'x', protocol: 'ICMP', port: 1 }] },
      ['error /spec/ports/0/protocol'],
    ],
  ];
  it.each(cases)('%s', (_, kind, spec, expected) => expect(findings(kind, spec)).toEqual(expected));

  it('wants the built-in tiers as they are', () => {
    expect(findings('Tier', { order: 5 }, 'default')).toEqual(['error /spec/order']);
    expect(findings('Tier', { defaultAction: 'Deny' }, 'kube-admin')).toEqual(['error /spec/defaultAction']);
    expect(findings('Tier', {}, 'a.b')).toEqual(['error /metadata/name']);
  });
});

describe('what is left out of a policy of Calico', () => {
  it.each([
    [{}, 'ingress'],
    [allow({}), 'ingress'],
    [{ egress: [{ action: 'Allow' }] }, 'egress'],
    [{ ...allow({}), egress: [{ action: 'Allow' }] }, 'ingress egress'],
    [{ types: ['Egress'], ...allow({}) }, 'egress'],
  ] as readonly (readonly [JsonObject, string])[])('types of %j: %s', (spec, expected) => {
    const { appliesToIngress, appliesToEgress } = policy('NetworkPolicy', spec);
    expect([appliesToIngress ? 'ingress' : '', appliesToEgress ? 'egress' : ''].join(' ').trim()).toBe(expected);
  });

  /** projectcalico/calico `felix/calc/policy_sorter.go`, ExtractPolicyMetadata: "Back compatibility: no Types means Ingress and Egress". */
  it('is both types of a stored object that no server has filled in', () => {
    const both = { appliesToIngress: true, appliesToEgress: true };
    for (const kind of ['NetworkPolicy', 'GlobalNetworkPolicy']) {
      expect(policy(kind, allow({}), 'default.a', 'crd.projectcalico.org/v1')).toMatchObject(both);
    }
    expect(policy('NetworkPolicy', { types: ['Ingress'] }, 'default.a', 'crd.projectcalico.org/v1').appliesToEgress).toBe(false);
  });

  it('is the tier default, and no order', () => expect(policy('NetworkPolicy', {})).toMatchObject({ tier: 'default', order: undefined }));

  it('is the prefix of the tier in the name of a CRD', () => {
    expect(policy('GlobalNetworkPolicy', {}, 'default.deny', 'crd.projectcalico.org/v1').name).toBe('deny');
    expect(policy('GlobalNetworkPolicy', { tier: 'security' }, 'security.deny').name).toBe('security.deny');
  });
});

describe('what a rule of Calico that cannot be read means', () => {
  const failing = (rule: object) => policy('NetworkPolicy', ingress(rule)).ingress[0];
  it('keeps its action and fails closed', () => {
    expect(failing({ action: 'Allow', source: { selector: 'x' } })).toMatchObject({ action: 'Allow', failsClosed: true });
    expect(failing({ action: 'Pass', protocol: 'tcp' })).toMatchObject({ action: 'Pass', failsClosed: true });
    expect(failing({ action: 'Pass' })).toMatchObject({ failsClosed: false });
  });
  it('denies where its action cannot be read', () =>
    expect(failing({ action: 'allow' })).toMatchObject({ action: 'Deny', failsClosed: true }));
  it('stands as a rule where rules are no list', () => {
    expect(policy('NetworkPolicy', { ingress: 'x' }).ingress).toMatchObject([{ action: 'Deny', failsClosed: true }]);
  });
  it('is nobody where a subject cannot be read', () => expect(policy('NetworkPolicy', { selector: '&&' }).subject).toBeUndefined());
});

describe('how values of Calico are spelt', () => {
  const rule = (more: object) => policy('NetworkPolicy', allow(more)).ingress[0];
  it.each([
    ['TCP', 6],
    ['UDPLite', 136],
    ['ICMPv6', 58],
    [112, 112],
    ['6', 6],
  ])('protocol %s is %i', (protocol, number) => expect(rule({ protocol })?.protocol).toBe(number));

  it('a bare address is a network of one, and host bits do not count', () => {
    expect(rule({ source: { nets: ['10.0.0.1', 'fd00::1/8', '10.2.3.4/8'] } })?.source.nets.map(formatCidr)).toEqual([
      '10.0.0.1/32',
      'fd00::/8',
      '10.0.0.0/8',
    ]);
  });

  it('type 0 is a type', () => expect(rule({ protocol: 'ICMP', icmp: { type: 0 } })?.icmp).toEqual({ type: 0, code: undefined }));

  it('labels of an object of a CRD stand in an annotation', () => {
    const annotations = { 'projectcalico.org/metadata': '{"labels":{"role":"db"},"creationTimestamp":null}' };
    const spec = { nets: ['10.0.0.0/8'] };
    expect(read('GlobalNetworkSet', spec, { apiVersion: 'crd.projectcalico.org/v1', annotations }).resource?.labels).toEqual({
      role: 'db',
    });
    expect(read('GlobalNetworkSet', spec, { annotations }).resource?.labels).toEqual({});
  });
});
