import { describe, expect, it } from 'vitest';
import { networkPolicy } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkPolicy } from './network-policy.js';
import { normaliseObject } from './normalise-object.js';

/** The rules are those of kubernetes `pkg/apis/networking/validation/validation.go` and of apimachinery `ValidateLabelSelector`. */

function read(spec: JsonObject): {
  readonly findings: readonly string[];
  readonly hints: readonly string[];
  readonly policy: NetworkPolicy;
} {
  const { diagnostics, resource } = normaliseObject(networkPolicy('shop/a', spec));
  if (resource?.kind !== 'NetworkPolicy') throw new Error('no NetworkPolicy');
  return {
    findings: diagnostics.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer ?? ''}`),
    hints: diagnostics.flatMap(({ hint }) => hint ?? []),
    policy: resource,
  };
}

const ingress = (rule: JsonObject): JsonObject => ({ podSelector: {}, ingress: [rule] });
const from = (...peers: JsonObject[]) => ingress({ from: peers });
const block = (cidr: string, ...except: string[]) => from({ ipBlock: { cidr, except } });
const ports = (port: JsonObject) => ingress({ ports: [port] });
const pods = (selector: JsonObject) => from({ podSelector: selector });
const at = '/spec/ingress/0';

describe('what the API server refuses of a NetworkPolicy', () => {
  const peers: readonly (readonly [what: string, spec: JsonObject, finding: string])[] = [
    ['"must specify a peer"', from({}), `error empty-peer ${at}/from/0`],
    [
      '"may not specify both ipBlock and another peer"',
      from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }),
      `error ambiguous-peer ${at}/from/0`,
    ],
    ['a block without cidr', from({ ipBlock: {} }), `error missing-field ${at}/from/0/ipBlock/cidr`],
    ['a cidr that is none', block('10.0.0.0/33'), `error invalid-value ${at}/from/0/ipBlock/cidr`],
    ['an address alone', block('10.0.0.1'), `error invalid-value ${at}/from/0/ipBlock/cidr`],
    ['an exception that is none', block('10.0.0.0/8', '10.1.0.0/16', 'web'), `error invalid-value ${at}/from/0/ipBlock/except/1`],
    ['an exception outside', block('10.0.0.0/8', '11.0.0.0/16'), `error except-outside-cidr ${at}/from/0/ipBlock/except/0`],
    ['"must be a strict subset of `cidr`"', block('10.0.0.0/8', '10.0.0.0/8'), `error except-outside-cidr ${at}/from/0/ipBlock/except/0`],
    ['an exception of the other family', block('10.0.0.0/8', 'fd00::/64'), `error except-outside-cidr ${at}/from/0/ipBlock/except/0`],
  ];
  it.each(peers)('%s: the peer matches nothing', (_, spec, finding) => {
    const { findings, policy } = read(spec);
    expect(findings).toEqual([finding]);
    expect(policy.ingress[0]?.peers.map(({ type }) => type)).toEqual(['invalid']);
  });

  const entries: readonly (readonly [what: string, port: JsonObject, finding: string])[] = [
    ['a protocol that is none', { protocol: 'HTTP', port: 80 }, `error invalid-value ${at}/ports/0/protocol`],
    ['port 0', { port: 0 }, `error out-of-range ${at}/ports/0/port`],
    ['port 65536', { port: 65536 }, `error out-of-range ${at}/ports/0/port`],
    ['endPort 65536', { port: 1, endPort: 65536 }, `error out-of-range ${at}/ports/0/endPort`],
    ['"must be greater than or equal to `port`"', { port: 80, endPort: 79 }, `error invalid-value ${at}/ports/0/endPort`],
    ['"may not be specified when `port` is non-numeric"', { port: 'http', endPort: 80 }, `error invalid-value ${at}/ports/0/endPort`],
    ['"may not be specified when `port` is not specified"', { endPort: 80 }, `error invalid-value ${at}/ports/0/endPort`],
    ['a name of 16 characters', { port: 'a-port-too-long-x' }, `error invalid-value ${at}/ports/0/port`],
    ['a name without a letter', { port: '80' }, `error invalid-value ${at}/ports/0/port`],
    ['a name with two hyphens together', { port: 'a--b' }, `error invalid-value ${at}/ports/0/port`],
    ['a name that begins with a hyphen', { port: '-a' }, `error invalid-value ${at}/ports/0/port`],
    ['a number that is none', { port: 80.5 }, `error wrong-type ${at}/ports/0/port`],
  ];
  it.each(entries)('%s: the port matches nothing', (_, port, finding) => {
    const { findings, policy } = read(ports(port));
    expect(findings).toEqual([finding]);
    expect(policy.ingress[0]?.ports.map(({ type }) => type)).toEqual(['invalid']);
  });

  const expression = (more: JsonObject) => pods({ matchExpressions: [more] });
  const where = `${at}/from/0/podSelector`;
  const selectors: readonly (readonly [what: string, spec: JsonObject, finding: string])[] = [
    [
      'an operator that is none',
      expression({ key: 'app', operator: 'Inn', values: ['a'] }),
      `error invalid-value ${where}/matchExpressions/0/operator`,
    ],
    ['In without values', expression({ key: 'app', operator: 'In' }), `error missing-field ${where}/matchExpressions/0/values`],
    [
      'NotIn without values',
      expression({ key: 'app', operator: 'NotIn', values: [] }),
      `error missing-field ${where}/matchExpressions/0/values`,
    ],
    [
      'Exists with values',
      expression({ key: 'app', operator: 'Exists', values: ['a'] }),
      `error invalid-value ${where}/matchExpressions/0/values`,
    ],
    ['a requirement without key', expression({ operator: 'Exists' }), `error missing-field ${where}/matchExpressions/0/key`],
    ['a requirement without operator', expression({ key: 'app' }), `error missing-field ${where}/matchExpressions/0/operator`],
    ['a key that is none', pods({ matchLabels: { 'a b': 'c' } }), `error invalid-label ${where}/matchLabels/a b`],
    ['a value that is none', pods({ matchLabels: { app: 'a b' } }), `error invalid-label ${where}/matchLabels/app`],
  ];
  it.each(selectors)('%s: the selector matches nothing', (_, spec, finding) => {
    const { findings, policy } = read(spec);
    expect(findings).toEqual([finding]);
    const [peer] = policy.ingress[0]?.peers ?? [];
    expect(peer?.type === 'pods' && peer.podSelector?.invalid).toBe(true);
  });

  it('a podSelector of the policy that is not valid selects no pod', () => {
    const { findings, policy } = read({ podSelector: { matchExpressions: [{ key: 'app', operator: 'Like' }] } });
    expect(findings).toEqual(['error invalid-value /spec/podSelector/matchExpressions/0/operator']);
    expect(policy.podSelector.invalid).toBe(true);
  });

  it.each([
    ['types that are none', { policyTypes: ['ingress'] }, [true, true]],
    ['types that are no list', { policyTypes: 'Egress' }, [true, true]],
    ['egress rules that are no list', { egress: { to: [] } }, [true, true]],
    ['"policies that contain an egress section are assumed to affect egress": an empty one does not', { egress: [] }, [true, false]],
  ] as const)('what cannot be read isolates: %s', (_, spec, expected) => {
    const { policy } = read({ podSelector: {}, ...spec });
    expect([policy.ingressIsolation, policy.egressIsolation]).toEqual(expected);
  });

  it('"may not specify more than two policyTypes", and no others: those that are known isolate', () => {
    const { findings, policy, hints } = read({ podSelector: {}, policyTypes: ['Ingress', 'Ingress', 'egress'] });
    expect(findings).toEqual(['error too-many /spec/policyTypes', 'error invalid-value /spec/policyTypes/2']);
    expect(hints).toEqual(['did you mean `Egress`?']);
    expect([policy.ingressIsolation, policy.egressIsolation]).toEqual([true, false]);
  });

  it('says the nearest right thing', () => {
    expect(read(block('10.0.0.1')).hints).toEqual(['did you mean `10.0.0.1/32`?']);
    expect(read(block('10.0.0.0/8', 'fd00::1')).hints).toEqual(['did you mean `fd00::1/128`?']);
    expect(read(ports({ port: '80' })).hints).toEqual(['write the number without quotes: 80']);
    expect(read(ports({ protocol: 'TPC', port: 80 })).hints).toEqual(['did you mean `TCP`?']);
    expect(read(expression({ key: 'app', operator: 'Inn', values: ['a'] })).hints).toEqual(['did you mean `In`?']);
  });
});

describe('what is worth a warning in a NetworkPolicy', () => {
  it('bits behind the prefix, which are masked (netutils ParseCIDRSloppy)', () => {
    const { findings, hints, policy } = read(block('10.1.2.3/8', '10.1.1.1/16'));
    expect(findings).toEqual([`warning not-canonical ${at}/from/0/ipBlock/cidr`, `warning not-canonical ${at}/from/0/ipBlock/except/0`]);
    expect(hints).toEqual(['write `10.0.0.0/8`', 'write `10.1.0.0/16`']);
    expect(policy.ingress[0]?.peers.map(({ type }) => type)).toEqual(['ipBlock']);
  });

  it('a named port at addresses: a name is that of the pod that receives ("named port on a pod")', () => {
    const rule = (field: string) => ({ [field]: [{ ipBlock: { cidr: '1.1.1.0/24' } }], ports: [{ port: 'http' }, { port: 80 }] });
    expect(read({ podSelector: {}, egress: [rule('to')] }).findings).toEqual([
      'warning named-port-on-ip-block /spec/egress/0/ports/0/port',
    ]);
    expect(read({ podSelector: {}, ingress: [rule('from')] }).findings).toEqual([]);
  });

  it('a field that is none, with the nearest', () => {
    const { findings, hints } = read({ podSelector: {}, ingres: [] });
    expect([findings, hints]).toEqual([['warning unknown-field /spec/ingres'], ['did you mean `ingress`?']]);
  });
});
