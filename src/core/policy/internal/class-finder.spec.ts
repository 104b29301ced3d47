import { array, assert, constant, constantFrom, dictionary, oneof, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished } from '../../kernel/steps.js';
import { cidrContains, parseCidr } from '../../net/cidr.js';
import { type Ip, parseIp } from '../../net/ip.js';
import { ClassFinder } from './class-finder.js';
import { eachClass } from './class-set.js';
import { selectorMatches } from '../../resources/label-selector.js';
import type { LayerRule, Whereabouts } from './layer.js';
import { familyMask, type PodEndpoint, type PolicyEndpoint, unknownPod } from './policy-endpoint.js';

function ip(text: string): Ip {
  const found = parseIp(text);
  if (!found) throw new Error(text);
  return found;
}

/** In no order, of both families, with a node among them. */
const OUTSIDE = ['10.2.0.0', '::', '10.0.0.0', '2001:db8::', '10.1.0.0', '0.0.0.0', '10.1.255.255', '2001:db8:1::'];
const ENDPOINTS: readonly PolicyEndpoint[] = [
  ...OUTSIDE.map((text): PolicyEndpoint => ({ kind: 'address', address: ip(text) })),
  { kind: 'host', node: 'n1', labels: {}, address: ip('10.1.0.7') },
];
const CLASSES = ENDPOINTS.map((endpoint, id) => ({ id, endpoint, families: familyMask(endpoint) }));

/** Whom a rule with this block is asked about, and whom it admits. */
function askedAbout(text: string): { readonly asked: readonly string[]; readonly admitted: readonly string[] } {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(text);
  const asked: string[] = [];
  const nameOf = (endpoint: PolicyEndpoint) => OUTSIDE[ENDPOINTS.indexOf(endpoint)] ?? 'node';
  const admits = (other: PolicyEndpoint) => {
    asked.push(nameOf(other));
    return other.kind !== 'pod' && other.address !== undefined && cidrContains(cidr, other.address);
  };
  const rule = { peersKey: text, within: [{ type: 'others', nets: [cidr] }], admits } as unknown as LayerRule;
  const admitted: string[] = [];
  eachClass(finished(new ClassFinder(CLASSES).admittedBy(rule)), (position) => {
    const one = ENDPOINTS[position];
    if (one) admitted.push(nameOf(one));
  });
  return { asked: asked.sort(), admitted: admitted.sort() };
}

describe('a rule that names a block of addresses', () => {
  it.each([
    ['10.1.0.0/16', ['10.1.0.0', '10.1.255.255']],
    ['0.0.0.0/0', ['0.0.0.0', '10.0.0.0', '10.1.0.0', '10.1.255.255', '10.2.0.0']],
    ['2001:db8::/32', ['2001:db8:1::', '2001:db8::']],
    ['192.0.2.0/24', []],
  ])('%s is asked about nodes and the addresses in it alone', (text, inside) => {
    const { asked, admitted } = askedAbout(text);
    expect(asked).toEqual([...inside, 'node'].sort());
    expect(admitted.filter((name) => name !== 'node')).toEqual(inside);
  });
});

describe('whom a rule admits that may admit anybody', () => {
  it('is found with pauses, and everybody is asked', () => {
    const asked: unknown[] = [];
    const admits = (one: unknown) => asked.push(one) > 0;
    const many = Array.from({ length: 100 }, (_, at) => ({ ...CLASSES[at % CLASSES.length]!, id: at }));
    const steps = new ClassFinder(many).admittedBy({ peersKey: '', within: undefined, admits } as unknown as LayerRule);
    let pauses = 0;
    while (!steps.next().done) pauses++;
    expect(asked).toHaveLength(100);
    expect(pauses).toBeGreaterThanOrEqual(6);
  });
});

describe('whom peers select by labels alone', () => {
  const label = constantFrom('app', 'tier', 'role');
  const value = constantFrom('a', 'b', 'c');
  const labels = dictionary(label, value, { maxKeys: 3 });
  const requirement = oneof(
    record({ key: label, operator: constantFrom('In' as const, 'NotIn' as const), values: array(value, { minLength: 1, maxLength: 2 }) }),
    record({ key: label, operator: constantFrom('Exists' as const, 'DoesNotExist' as const), values: constant([]) }),
  );
  const selector = option(record({ requirements: array(requirement, { maxLength: 3 }), invalid: constant(false) }), { nil: undefined });
  const peer = record({ namespace: option(constantFrom('x', 'y'), { nil: undefined }), labels: selector, namespaceLabels: selector });
  const pod = record({ namespace: constantFrom('x', 'y'), labels, namespaceLabels: labels });

  const within = (peers: readonly Omit<Extract<Whereabouts, { type: 'pods' }>, 'type' | 'exactly'>[]) =>
    peers.map((one) => ({ ...one, type: 'pods' as const, exactly: true as const }));
  const classesOf = (pods: readonly Pick<PodEndpoint, 'namespace' | 'labels' | 'namespaceLabels'>[]) =>
    pods.map((one, id) => ({ id, endpoint: { ...unknownPod(one.namespace), ...one }, families: 0 }));

  // "The requirements are ANDed" (apimachinery LabelSelector); elements of `from` are ORed (kubernetes/api `networking/v1/types.go`).
  it('is what each selector says of each pod, in a few lists as in long ones', () => {
    assert(
      property(array(pod, { maxLength: 80 }), array(peer, { maxLength: 3 }), (pods, peers) => {
        const rule = { within: within(peers), admits: () => false } as unknown as LayerRule;
        const found: number[] = [];
        eachClass(finished(new ClassFinder(classesOf(pods)).admittedBy(rule)), (position) => found.push(position));
        const expected = pods.flatMap((one, position) => {
          const matches = peers.some(
            (asked) =>
              (asked.namespace ?? one.namespace) === one.namespace &&
              (!asked.labels || selectorMatches(asked.labels, one.labels)) &&
              (!asked.namespaceLabels || selectorMatches(asked.namespaceLabels, one.namespaceLabels)),
          );
          return matches ? [position] : [];
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('is found without asking the rule, however many peers match nobody', () => {
    let asked = 0;
    const nobody = Array.from({ length: 2_000 }, (_, at) => ({
      namespace: undefined,
      labels: { requirements: [{ key: `x${at}`, operator: 'Exists' as const, values: [] }], invalid: false },
      namespaceLabels: undefined,
    }));
    const rule = { within: within(nobody), admits: () => ++asked > 0 } as unknown as LayerRule;
    const pods = Array.from({ length: 500 }, (_, at) => ({ namespace: 'x', labels: { app: `a${at}` }, namespaceLabels: {} }));
    const found = finished(new ClassFinder(classesOf(pods)).admittedBy(rule));
    expect([asked, [...found].some((word) => word !== 0)]).toEqual([0, false]);
  });
});

describe('whom a formula finds by the labels of a plugin', () => {
  it('is found without asking the rule, but for endpoints on the own node', () => {
    const asked: PolicyEndpoint[] = [];
    const host = (node: string): PolicyEndpoint => ({ kind: 'host', node, labels: {}, address: undefined });
    const classes = [host('n1'), host('n2'), unknownPod('x')].map((endpoint, id) => ({ id, endpoint, families: 0 }));
    const labelsOf = ({ kind }: PolicyEndpoint) => ({ kind });
    const where = (kind: string, butNode?: string) =>
      ({
        type: 'labelled',
        labelsOf,
        formula: () => [{ op: 'in', label: 'kind', values: new Set([kind]) }],
        butNode,
      }) satisfies Whereabouts;
    const admits = (other: PolicyEndpoint) => {
      asked.push(other);
      return false;
    };
    const finder = new ClassFinder(classes);
    const found = (within: readonly Whereabouts[]) => [...finished(finder.admittedBy({ within, admits } as unknown as LayerRule))];
    expect([found([where('host')]), found([where('pod')]), asked]).toEqual([[0b011], [0b100], []]);
    expect([found([where('host', 'n1')]), asked]).toEqual([[0b010], [classes[0]?.endpoint]]);
  });
});
