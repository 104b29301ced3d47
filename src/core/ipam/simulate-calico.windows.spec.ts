import { describe, expect, it } from 'vitest';
import { assign, type Given, runCalico } from '../../../test/support/calico-simulation.js';
import type { CalicoOperation, CalicoPoolSpec, CalicoWorld } from './calico-simulation.js';
import type { SimulatedStep } from './simulation-run.js';

/** Rows of projectcalico/calico `libcalico-go/lib/ipam/ipam_win_test.go`, whose names the tests have; what else is said stands in `ipam.go`. */

const strict = { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 0 };
const pool = (cidr: string, blockSize?: number): CalicoPoolSpec => ({
  cidr,
  blockSize,
  enabled: true,
  nodeSelector: '',
  namespaceSelector: '',
  assignmentMode: 'Automatic',
  allowedUses: [],
});
const windows = { 'kubernetes.io/os': 'windows' };
const worldOf = (pools: readonly CalicoPoolSpec[], more: Partial<CalicoWorld> = {}): CalicoWorld => ({
  pools,
  nodes: [
    { name: 'windows-1', labels: windows },
    { name: 'windows-2', labels: windows },
    { name: 'linux-1', labels: { 'kubernetes.io/os': 'linux' } },
    { name: 'linux-2', labels: {} },
  ],
  reservations: [],
  config: strict,
  ...more,
});
const auto = (node: string, more: Partial<Extract<CalicoOperation, { op: 'autoAssign' }>>): CalicoOperation => ({
  op: 'autoAssign',
  repeat: 1,
  node,
  num4: 0,
  num6: 0,
  use: 'Workload',
  pools4: [],
  pools6: [],
  maxBlocks: 0,
  maxPerHandle: 0,
  ...more,
});
const addPod = (node: string, families: readonly (4 | 6)[]): CalicoOperation => ({
  op: 'addPod',
  repeat: 1,
  node,
  handle: `${node}-${families.join()}`,
  families,
  pools4: [],
  pools6: [],
});

function given(step: SimulatedStep | undefined, family: 'ipv4' | 'ipv6' = 'ipv4'): Given {
  const { [family]: found } = (step?.results.at(-1) ?? {}) as unknown as Readonly<Record<string, Given>>;
  return found ?? { addresses: [], messages: [], partial: null };
}
const counts = (steps: readonly SimulatedStep[]) => steps.map((step) => step.error?.code ?? given(step).addresses.length);
const lastOf = (ip: string) => Number(ip.split('.')[3]) % 64;

const hundred = pool('100.0.0.0/24', 26);
const six = pool('fd80:24e2:f998:72d6::/120', 122);
const kept = { reserveStart: 3, reserveEnd: 1 };
const strictLack = ['No more free affine blocks and strict affinity enabled'];

describe('Windows: IPAM tests', () => {
  it('Windows: Should return error if strict affinity is false for Windows', () => {
    const lax = worldOf([hundred], { config: { ...strict, strictAffinity: false } });
    const [any, named, linux] = runCalico(
      lax,
      auto('windows-1', { num4: 1, pools4: ['100.0.0.0/24'] }),
      assign('windows-1', '100.0.0.9'),
      auto('linux-1', { num4: 1 }),
    );
    const refusal = { code: 'STRICT_AFFINITY', message: 'global strict affinity should not be false for Windows node' };
    expect([any?.error, named?.error, linux?.error]).toEqual([refusal, refusal, null]);
  });

  it('Windows: IPAM AutoAssign should not assign reserved IPs', () => {
    const [step] = runCalico(worldOf([hundred]), auto('windows-1', { num4: 256, pools4: ['100.0.0.0/24'] }));
    expect(given(step).addresses).toHaveLength(240);
    expect(given(step).addresses.filter((ip) => [0, 1, 2, 63].includes(lastOf(ip)))).toEqual([]);
    expect(given(step).partial).toBe(
      `Assigned 240 out of 256 requested IPv4 addresses; ${strictLack[0] ?? ''}; HostReservedAttr: windows-reserved-ipam-handle`,
    );
  });

  it('Windows: Should not be able to assign IPs from non-affine block for Windows and Linux', () => {
    const one = ['windows-1', 'windows-2', 'linux-1', 'linux-2'].map((node) => auto(node, { num4: 1, ...kept }));
    const more = ['windows-1', 'linux-1', 'linux-2'].map((node) => auto(node, { num4: 100, ...kept }));
    expect(counts(runCalico(worldOf([hundred]), ...one, ...more))).toEqual([1, 1, 1, 1, 59, 59, 59]);
  });

  it('Windows: IPAM AutoAssign from different pools', () => {
    const world = worldOf([pool('100.0.0.0/24'), pool('200.0.0.0/24')]);
    const of = (num4: number, cidr: string) => auto('windows-1', { num4, pools4: [cidr] });
    const asked = [1, 1, 1, 1, 238, 1].map((num4, index) => of(num4, index % 2 === 0 && index < 4 ? '100.0.0.0/24' : '200.0.0.0/24'));
    const steps = runCalico(world, ...asked);
    expect(counts(steps)).toEqual([1, 1, 1, 1, 238, 0]);
    expect(new Set(given(steps[4]).addresses.map((ip) => ip.split('.')[0]))).toEqual(new Set(['200']));
    const blocks = [0, 1, 2, 3].map((index) => {
      const [ip = ''] = given(steps[index]).addresses;
      return `${ip.split('.')[0] ?? ''} ${Math.floor(Number(ip.split('.')[3]) / 64)}`;
    });
    expect(blocks.slice(2)).toEqual(blocks.slice(0, 2));
  });

  it.each<[Parameters<typeof auto>[1], number, number, readonly string[]]>([
    [{ num4: 256, num6: 256 }, 240, 240, strictLack],
    [{ num4: 257 }, 240, 0, strictLack],
    [{ num6: 257 }, 0, 240, strictLack],
    [{ num4: 240 }, 240, 0, []],
  ])('Windows: AutoAssign: requested IPs vs returned IPs: %j', (asked, four, sixes, messages) => {
    const [step] = runCalico(worldOf([pool('192.168.1.0/24', 26), six]), auto('linux-1', { ...kept, ...asked }));
    expect([given(step).addresses.length, given(step, 'ipv6').addresses.length]).toEqual([four, sixes]);
    expect([...new Set([...given(step).messages, ...given(step, 'ipv6').messages])]).toEqual(messages);
  });

  it.each([{ num4: 1 }, { num6: 1 }])('a host that would keep more than there is of a block gets nothing: %j', (asked) => {
    const tooBig = { reserveStart: 32, reserveEnd: 33 };
    const [step] = runCalico(worldOf([pool('192.168.1.0/24', 26), six]), auto('windows-1', { ...tooBig, ...asked }));
    expect(step?.error).toEqual({ code: 'NO_QUALIFIED_POOL', message: 'cannot find a qualified ippool' });
  });
});

describe('what a Windows node keeps', () => {
  // `cni-plugin/pkg/ipamplugin/ipam_plugin.go` sets HostReservedAttrIPv4s, and nothing of IPv6.
  it('is three addresses and the last one of IPv4 blocks alone', () => {
    const [step] = runCalico(worldOf([hundred, six]), addPod('windows-1', [4, 6]));
    const { addresses = [] } = (step?.results[0] ?? {}) as unknown as { readonly addresses?: readonly string[] };
    expect([lastOf(addresses[0] ?? ''), parseInt(addresses[1]?.split('::')[1] || '0', 16) % 64]).toEqual([3, 0]);
  });

  it('cannot be asked for by name, either', () => {
    const steps = runCalico(worldOf([pool('100.0.0.0/26', 26)]), addPod('windows-1', [4]), assign('windows-1', '100.0.0.2'));
    expect(steps.map(({ error }) => error?.code)).toEqual([undefined, 'ALREADY_ALLOCATED']);
  });

  // cmdAdd of the plugin gives AssignIPArgs no HostReservedAttr.
  it('is nothing of a block that is claimed for an address that somebody names', () => {
    const [named, next] = runCalico(worldOf([pool('100.0.0.0/26', 26)]), assign('windows-1', '100.0.0.2'), auto('windows-1', { num4: 3 }));
    expect(named?.error).toBeNull();
    expect(given(next).addresses.map(lastOf)).toEqual([0, 1, 3]);
  });

  // `findOrClaimBlock`: automatic selection does not look at the size of blocks, so a block may be the host's as a whole.
  it('may be a whole new block, which is an error of its own', () => {
    const [step] = runCalico(worldOf([pool('10.0.0.0/24', 31), hundred]), auto('windows-1', { num4: 1 }));
    expect(step?.error?.message).toMatch(/^Block '10\.0\.0\.\d+\/31' has 0 free ips which is less than 1 ips required\.$/);
  });
});
