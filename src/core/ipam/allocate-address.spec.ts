import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { type Cidr, parseCidr } from '../net/cidr.js';
import { formatIp, parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import type { AllocationOptions } from './allocation-options.js';
import { ownIp } from './own-ip.js';
import { releaseAddress } from './release-address.js';

const SERVICES = 'services.10.96.0.0_24';
const MODEL = addressCluster(`
  node a 192.168.0.1 10.244.1.0/24
  pod web a 10.244.1.2
  pod job a 10.244.1.4 done
  service kubernetes 10.96.0.1
  service dns 10.96.0.10`);

function cidr(text: string): Cidr {
  return parseCidr(text)!;
}

/**
 * Runs lines of `identifier [for=owner] [ip=address] [pool=name]` and `-identifier [#sequence]` (a release) one after the other, and tells what each came to: the address, or the
 * kind of problem; `=` before an address the caller had already.
 */
function run(lines: readonly string[], model = MODEL): { readonly outcomes: readonly string[]; readonly book: AllocationBook } {
  const book = new AllocationBook();
  const outcomes = lines.map((line) => {
    const [name = '', ...words] = line.split(' ');
    const word = (key: string) => words.find((one) => one.startsWith(key))?.slice(key.length);
    const sequence = book.sequence + 1;
    if (name.startsWith('-')) {
      const expected = word('#');
      const released = releaseAddress(book, {
        pool: SERVICES,
        identifier: name.slice(1),
        sequence: expected === undefined ? undefined : Number(expected),
      });
      if (!released.ok) return released.error.kind;
      book.enter({ type: 'released', sequence, allocation: released.value[0]! });
      return formatIp(released.value[0]!.ip);
    }
    const decided = allocateAddress(model, book, {
      pool: word('pool=') ?? SERVICES,
      identifier: name,
      owner: word('for=') ?? null,
      address: word('ip=') === undefined ? undefined : parseIp(word('ip=')!),
    });
    if (!decided.ok) return decided.error.kind;
    const { known, made } = decided.value;
    if (known[0]) return `=${formatIp(known[0].ip)}`;
    const allocation = { ...made[0]!, sequence, allocatedAt: '2026-01-01T00:00:00.000Z', allocatedBy: 'test' };
    book.enter({ type: 'allocated', sequence, allocation });
    return formatIp(allocation.ip);
  });
  return { outcomes, book };
}

describe('handing out', () => {
  it.each<[name: string, steps: readonly (readonly [line: string, outcome: string])[]]>([
    [
      'the lowest free one, past what services have',
      [
        ['a', '10.96.0.2'],
        ['b', '10.96.0.3'],
      ],
    ],
    [
      'the same again for the same request',
      [
        ['a', '10.96.0.2'],
        ['a', '=10.96.0.2'],
        ['b', '10.96.0.3'],
        ['a', '=10.96.0.2'],
      ],
    ],
    [
      'another request under the identifier is refused',
      [
        ['a', '10.96.0.2'],
        ['a for=me', 'identifier-reused'],
        ['a ip=10.96.0.2', 'identifier-reused'],
      ],
    ],
    [
      'an owner is part of the request',
      [
        ['a for=me', '10.96.0.2'],
        ['a for=me', '=10.96.0.2'],
        ['a for=you', 'identifier-reused'],
        ['a', 'identifier-reused'],
      ],
    ],
    [
      'an address by name',
      [
        ['a ip=10.96.0.77', '10.96.0.77'],
        ['a ip=10.96.0.77', '=10.96.0.77'],
        ['a ip=10.96.0.78', 'identifier-reused'],
        ['a', 'identifier-reused'],
      ],
    ],
    [
      'the next goes past an address by name',
      [
        ['a ip=10.96.0.3', '10.96.0.3'],
        ['b', '10.96.0.2'],
        ['c', '10.96.0.4'],
      ],
    ],
    [
      'an address that was handed out is taken',
      [
        ['a', '10.96.0.2'],
        ['b ip=10.96.0.2', 'ip-taken'],
      ],
    ],
    ['an address of a service is taken', [['a ip=10.96.0.10', 'ip-taken']]],
    [
      'a network or broadcast address is never handed out',
      [
        ['a ip=10.96.0.0', 'invalid-request'],
        ['a ip=10.96.0.255', 'invalid-request'],
      ],
    ],
    [
      'an address outside, or of the other family',
      [
        ['a ip=10.97.0.1', 'invalid-request'],
        ['a ip=fd00::1', 'invalid-request'],
      ],
    ],
    ['a pool that is not there', [['a pool=services', 'unknown-pool']]],
    ['a pool that only lists addresses', [['a pool=nodes.v4', 'invalid-request']]],
    [
      'a released one is the lowest again',
      [
        ['a', '10.96.0.2'],
        ['b', '10.96.0.3'],
        ['-a', '10.96.0.2'],
        ['c', '10.96.0.2'],
        ['a for=other', '10.96.0.4'],
      ],
    ],
    [
      'what nobody has cannot be released',
      [
        ['-a', 'unknown-allocation'],
        ['a', '10.96.0.2'],
        ['-a', '10.96.0.2'],
        ['-a', 'unknown-allocation'],
      ],
    ],
    [
      'INV-IPAM-4: a release that names an earlier allocation frees nothing',
      [
        ['a', '10.96.0.2'],
        ['-a #1', '10.96.0.2'],
        ['a', '10.96.0.2'],
        ['-a #1', 'stale-sequence'],
        ['-a #3', '10.96.0.2'],
      ],
    ],
  ])('%s', (_, steps) => {
    expect(run(steps.map(([line]) => line)).outcomes).toEqual(steps.map(([, outcome]) => outcome));
  });

  it('from the pods’ range: not the gateway and not a pod’s, but what a finished pod gave back', () => {
    // Flannel's and most plugins' host-local: .1 is the gateway of a node's range (containernetworking `host-local`).
    const pods = 'pods.10.244.0.0_16';
    const model = addressCluster('node a 192.168.0.1 10.244.0.0/24\n pod web a 10.244.0.2\n pod job a 10.244.0.3 done', {
      cni: { plugin: 'flannel' },
    });
    expect(run([`a pool=${pods}`, `b pool=${pods}`, `c pool=${pods} ip=10.244.0.1`], model).outcomes).toEqual([
      '10.244.0.3',
      '10.244.0.4',
      'invalid-request',
    ]);
  });

  it('a full pool says what is left: nothing, of so many', () => {
    const model = addressCluster('service kubernetes 10.96.0.1', { serviceCIDRs: ['10.96.0.0/29'] });
    const pool = 'services.10.96.0.0_29';
    const { outcomes, book } = run(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name} pool=${pool}`),
      model,
    );
    expect(outcomes).toEqual(['10.96.0.2', '10.96.0.3', '10.96.0.4', '10.96.0.5', '10.96.0.6', 'pool-exhausted']);
    const full = allocateAddress(model, book, { pool, identifier: 'g', owner: null, address: undefined });
    expect(full).toMatchObject({ error: { extra: { requested: 1, available: '0', capacity: '6', used: '6', reserved: '0' } } });
  });

  // weaveworks/weave docs/ipam.md: one network without subnets of nodes; the podCIDR that kube-controller-manager may have given a node means nothing to it.
  it('for a node takes the whole range where the plugin divides none, whatever podCIDR the node has', () => {
    const nodes: KubernetesObject[] = [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec: { podCIDR: '10.244.7.0/24' } }];
    const model = modelOf(nodes, { podCIDRs: ['10.32.0.0/24'], cni: { plugin: 'weave' } });
    const pool = 'pods.10.32.0.0_24';
    const asked = allocateAddress(model, new AllocationBook(), {
      pool,
      identifier: 'a',
      owner: null,
      address: undefined,
      options: { node: 'a' },
    });
    expect(asked).toMatchObject({ value: { made: [{ ip: parseIp('10.32.0.1') }] } });
  });

  // reference: an allocation's `within[]?, exclude[]?` and `node` bound what may be given, an address that is named included.
  it.each<[string, AllocationOptions, string]>([
    ['10.96.0.50', { within: [cidr('10.96.0.128/25')] }, '10.96.0.50 is outside `within` (10.96.0.128/25)'],
    ['10.96.0.50', { within: [cidr('10.96.0.0/25')], exclude: [cidr('10.96.0.48/28')] }, '10.96.0.50 lies in 10.96.0.48/28 of `exclude`'],
    ['10.96.0.50', { node: 'a' }, '10.96.0.50 is outside the ranges of node `a` (10.244.1.0/24)'],
  ])('%s by name is refused where the options do not admit it: %#', (address, options, message) => {
    const asked = allocateAddress(MODEL, new AllocationBook(), {
      pool: SERVICES,
      identifier: 'a',
      owner: null,
      address: parseIp(address),
      options,
    });
    expect(asked).toMatchObject({ error: { kind: 'invalid-request', message, errors: [{ pointer: '/address', code: 'not-admitted' }] } });
    const inside = allocateAddress(MODEL, new AllocationBook(), {
      pool: SERVICES,
      identifier: 'a',
      owner: null,
      address: parseIp(address),
      options: { within: [cidr('10.96.0.0/25')], exclude: [cidr('10.96.0.64/28')] },
    });
    expect(inside.ok).toBe(true);
  });

  it('says that it is the options which leave nothing, where the pool has room', () => {
    const options = { within: [cidr('192.168.0.0/16')] };
    const asked = allocateAddress(MODEL, new AllocationBook(), {
      pool: SERVICES,
      identifier: 'a',
      owner: null,
      address: undefined,
      options,
    });
    const message = `pool \`${SERVICES}\` has no free address that \`within\` admits: 2 of 254 are used, 0 reserved`;
    expect(asked).toMatchObject({ error: { kind: 'pool-exhausted', message } });
  });

  // kubernetes `pkg/controlplane/instance.go`, `ServiceIPRange`: "the first valid IP" of the primary range is that of the service `kubernetes`.
  it('leaves the API servers the first address of the service range, whether their service was imported or not', () => {
    const bare = addressCluster('node a 192.168.0.1 10.244.1.0/24');
    expect(run(['a', 'b ip=10.96.0.1'], bare).outcomes).toEqual(['10.96.0.2', 'ip-taken']);
    const ask = { pool: SERVICES, identifier: 'a', owner: null, address: parseIp('10.96.0.1') };
    const holder = 'Service default/kubernetes';
    expect(allocateAddress(bare, new AllocationBook(), ask)).toMatchObject({ error: { extra: { holder } } });
    const { verdict, result } = ownIp(bare, new AllocationBook(), parseIp('10.96.0.1')!);
    expect([verdict, result.owners.map(({ name }) => name)]).toEqual(['OWNED', [holder]]);
    // Who is seen with it has it.
    expect(ownIp(MODEL, new AllocationBook(), parseIp('10.96.0.1')!).result.owners.map(({ name }) => name)).toEqual([
      'Service t/kubernetes',
    ]);
  });

  it('refuses a preferred address of a family that none of the pools has', () => {
    const ask = (preferred: string) =>
      allocateAddress(MODEL, new AllocationBook(), {
        pool: SERVICES,
        identifier: 'a',
        owner: null,
        address: undefined,
        options: { preferred: parseIp(preferred) },
      });
    const message = `fd00::9 is IPv6, and \`${SERVICES}\` (10.96.0.0/24) has IPv4 addresses`;
    expect(ask('fd00::9')).toMatchObject({
      error: { kind: 'invalid-request', message, errors: [{ pointer: '/preferred', code: 'other-family' }] },
    });
    expect(ask('10.96.0.9').ok).toBe(true);
  });

  it('names who has an address, and the nearest pool', () => {
    const book = new AllocationBook();
    const ask = (pool: string, address?: string) =>
      allocateAddress(MODEL, book, { pool, identifier: 'a', owner: null, address: address === undefined ? undefined : parseIp(address) });
    expect(ask(SERVICES, '10.96.0.10')).toMatchObject({ error: { message: '10.96.0.10 belongs to Service t/dns' } });
    expect(ask('services.10.96.0.0_23')).toMatchObject({ error: { hint: `did you mean \`${SERVICES}\`?` } });
  });
});
