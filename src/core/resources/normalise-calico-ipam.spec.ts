import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import type { CalicoIPAMBlock } from './calico-ipam.js';
import { normaliseObject } from './normalise-object.js';

function read(kind: string, spec: JsonObject, apiVersion = 'crd.projectcalico.org/v1') {
  const { resource, diagnostics, understanding } = normaliseObject({ apiVersion, kind, metadata: { name: 'x' }, spec });
  return { resource, understanding, problems: diagnostics.map(({ pointer, message }) => `${pointer}: ${message}`) };
}

const block = (spec: JsonObject) => {
  const { resource, problems } = read('IPAMBlock', spec);
  return { block: resource as CalicoIPAMBlock, problems };
};

/** The fields and their meanings: projectcalico/calico `api/pkg/apis/projectcalico/v3/ipamblocks.go`. */
describe('an IPAMBlock', () => {
  it('gives each address that points at attributes to whom they name', () => {
    const { block: read, problems } = block({
      cidr: '10.0.0.4/30',
      affinity: 'host:node-1',
      allocations: [null, 0, 1, null],
      attributes: [
        { handle_id: 'k8s-pod-network.4f2a', secondary: { namespace: 'shop', pod: 'web-0', node: 'node-1' } },
        { handle_id: 'ipip-tunnel-addr-node-2', secondary: { node: 'node-2', type: 'ipipTunnelAddress' } },
      ],
      unallocated: [0, 3],
    });
    expect(problems).toEqual([]);
    expect(read.affinity).toEqual({ type: 'host', name: 'node-1' });
    expect(read.claims.map(({ ip, handle, pod, node, type }) => [formatIp(ip), handle, pod, node, type])).toEqual([
      ['10.0.0.5', 'k8s-pod-network.4f2a', 'web-0', 'node-1', undefined],
      ['10.0.0.6', 'ipip-tunnel-addr-node-2', undefined, 'node-2', 'ipipTunnelAddress'],
    ]);
  });

  // `sanitizeHandle`: of the migration from host-local.
  it('knows a handle without what is broken off from it', () => {
    const { block: read } = block({
      cidr: '10.0.0.4/30',
      allocations: [0, 1, null, null],
      attributes: [{ handle_id: 'k8s-pod-network.4f2a\r\neth0' }, { handle_id: '\r' }],
    });
    expect(read.claims.map(({ handle }) => handle)).toEqual(['k8s-pod-network.4f2a', null]);
  });

  it('may be a virtual host’s, and in old stores name its host alone', () => {
    const one = { cidr: '10.0.0.4/31', allocations: [null, null], attributes: [] };
    expect(block({ ...one, affinity: 'virtual:load-balancer' }).block.affinity).toEqual({ type: 'virtual', name: 'load-balancer' });
    expect(block({ ...one, hostAffinity: 'node-1' }).block.affinity).toEqual({ type: 'host', name: 'node-1' });
    expect(block(one).block.affinity).toBeUndefined();
  });

  it('says what is wrong with it, and keeps the rest', () => {
    const { block: read, problems } = block({
      cidr: '10.0.0.4/31',
      affinity: 'node-1',
      allocations: [7, null, null],
      attributes: [{ handle_id: 'h' }],
    });
    expect(problems).toEqual([
      '/spec/allocations: 10.0.0.4/31 has 2 addresses, and 3 are listed',
      '/spec/affinity: `node-1` is neither `host:<node>` nor `virtual:<name>`',
      '/spec/allocations/0: place 0 points at attributes 7, of which there are 1',
    ]);
    expect(read.claims.map(({ ordinal, unexplained }) => [ordinal, unexplained])).toEqual([[0, true]]);
    expect(block({}).problems.map((problem) => problem.split(':')[0])).toEqual(['/spec/cidr', '/spec/allocations']);
  });
});

describe('the other objects of Calico’s address management', () => {
  it.each(['crd.projectcalico.org/v1', 'projectcalico.org/v3'])('are read of %s', (apiVersion) => {
    const affinity = read('BlockAffinity', { cidr: '10.0.0.0/26', node: 'n', state: 'confirmed' }, apiVersion);
    expect(affinity.resource).toMatchObject({ owner: { type: 'host', name: 'n' }, state: 'confirmed' });
    expect(read('IPAMHandle', { handleID: 'A.b', block: { '10.0.0.0/26': 1 } }, apiVersion).resource).toMatchObject({ handle: 'A.b' });
    const reservation = read('IPReservation', { reservedCIDRs: ['10.0.0.0/30', '10.0.0.9'] }, apiVersion).resource;
    expect(reservation?.kind === 'IPReservation' && reservation.cidrs.map(formatCidr)).toEqual(['10.0.0.0/30', '10.0.0.9/32']);
  });

  // projectcalico/calico `libcalico-go/lib/ipam/accounting`: reserved_test.go, TestReservationCIDRs; tracker_test.go, TestIPv4MappedReservation.
  it.each<[readonly string[], readonly string[], number]>([
    [['10.0.0.0/24', '10.1.0.1', 'fd00::1'], ['10.0.0.0/24', '10.1.0.1/32', 'fd00::1/128'], 2],
    [[' 10.0.0.0/24 '], ['10.0.0.0/24'], 0],
    [['', '   ', 'not-a-cidr', '10.0.0.0/33', '10.0.0.0/24'], ['10.0.0.0/24'], 4],
    [['::ffff:10.9.0.0/120', '10.0.0.0/30'], ['10.9.0.0/24', '10.0.0.0/30'], 1],
    [['::ffff:10.9.0.0/129', 'fd00::/129'], [], 2],
  ])('IPReservation %j', (reservedCIDRs, cidrs, told) => {
    const { resource, problems } = read('IPReservation', { reservedCIDRs: [...reservedCIDRs] });
    expect(resource?.kind === 'IPReservation' && resource.cidrs.map(formatCidr)).toEqual(cidrs);
    expect(problems).toHaveLength(told);
  });

  // reference ipam-dataplane §3.1: MaxBlocksPerHost > 0 requires StrictAffinity; StrictAffinity=false with AutoAllocateBlocks=false is refused.
  it.each<[string, JsonObject, readonly string[]]>([
    ['IPAMConfig', { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 4 }, []],
    ['IPAMConfiguration', { strictAffinity: true, autoAllocateBlocks: false }, []],
    ['IPAMConfig', { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 4 }, ['/spec/maxBlocksPerHost']],
    ['IPAMConfig', { strictAffinity: false, autoAllocateBlocks: false }, ['/spec/autoAllocateBlocks']],
  ])('%s %j', (kind, spec, pointers) => {
    const { resource, problems } = read(kind, spec);
    expect(resource).toMatchObject({ kind: 'IPAMConfig', strictAffinity: spec['strictAffinity'] });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(pointers);
  });

  // projectcalico/calico `design/ipam/ipam-core-library.md`, IPAMConfig: `IPCooldownSeconds`, "capped at 1200".
  it('IPAMConfig may let addresses rest, for twenty minutes at most', () => {
    const config = (ipCooldownSeconds: number) =>
      read('IPAMConfig', { strictAffinity: false, autoAllocateBlocks: true, ipCooldownSeconds });
    expect(config(1_200)).toMatchObject({ resource: { cooldownSeconds: 1_200 }, problems: [] });
    expect(config(1_201).problems.map((problem) => problem.split(':')[0])).toEqual(['/spec/ipCooldownSeconds']);
    expect(read('IPAMConfig', { strictAffinity: false, autoAllocateBlocks: true }).resource).toMatchObject({ cooldownSeconds: 0 });
  });
});
