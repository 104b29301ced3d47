import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { simulateAllocator } from './simulate-allocator.js';
import { simulateCalico } from './simulate-calico.js';
import { simulateCiliumPools } from './simulate-cilium-pools.js';
import { simulateHostLocal } from './simulate-host-local.js';
import { simulatePrefix } from './simulate-prefix.js';

const WORLD = { pendingTtlSeconds: 300 };

const values = { values: [], dryRun: false, repeat: 1 };
const cidrs = Array.from({ length: 10_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
const pool = { enabled: true, nodeSelector: '', namespaceSelector: '', assignmentMode: 'Automatic', allowedUses: [] } as const;
const config = { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 0 };
const world = { vrf: null, isPool: false, status: 'active', markUtilized: false, addresses: [], ranges: [], children: [] } as const;

/** Each of these would take minutes or gigabytes if nothing stopped it. */
describe('what a simulation costs', () => {
  it.each([
    [
      'values written out in many operations',
      () =>
        finished(
          simulateAllocator(
            { type: 'ports', first: 1, last: 9 },
            Array.from({ length: 10_000 }, () => ({ ...values, op: 'has' as const, values: ['10.0.0.0-10.1.255.255'] })),
          ),
        ),
    ],
    [
      'a list given again and again',
      () =>
        finished(
          simulateAllocator({ type: 'offsets', size: 50_000, staticBand: 0 }, [
            { ...values, op: 'allocate', repeat: 50_000 },
            { ...values, op: 'list', repeat: 100_000 },
          ]),
        ),
    ],
    [
      'blocks of many addresses',
      () =>
        finished(
          simulateCalico({ pools: [{ ...pool, cidr: 'fd00::/96', blockSize: 116 }], nodes: [], config, reservations: [] }, [
            { op: 'claimAffinity', cidr: 'fd00::/99', node: 'a', repeat: 1 },
          ]),
        ),
    ],
    [
      'a long list read again and again',
      () =>
        finished(
          simulateCiliumPools(WORLD, [
            { op: 'allocateToNode', node: 'n', requested: [], allocated: [{ pool: 'p', cidrs }], repeat: 100_000 },
          ]),
        ),
    ],
    [
      'the order of many range sets',
      () =>
        finished(
          simulateHostLocal(
            {
              rangeSets: Array.from({ length: 100 }, (_, index) => [{ subnet: `10.${index}.0.0/16` }]),
              args: '',
              reserved: [],
              lastReserved: [],
            },
            [{ op: 'order', repeat: 10 }],
          ),
        ),
    ],
    [
      'many prefixes among many children',
      () =>
        finished(
          simulatePrefix({ ...world, prefix: '10.0.0.0/8', children: cidrs }, [
            { op: 'allocatePrefix', items: Array.from({ length: 1000 }, () => ({ prefixLength: 32 })), repeat: 1 },
          ]),
        ),
    ],
  ])('is bounded: %s', (_, simulate) => {
    expect(simulate()).toMatchObject({ ok: false, error: { kind: 'limit-too-large' } });
  });

  it('refuses pools that are cut into more prefixes than can be marked', () => {
    const cut = (cidr: string, masks: object, reserved: string) =>
      finished(
        simulateCiliumPools(WORLD, [
          { op: 'upsertPool', name: 'p', cidrs: [cidr], ...masks, reserved: [reserved], allowFirst: false, allowLast: false, repeat: 1 },
        ]),
      );
    expect(cut('0.0.0.0/0', { maskSize4: 32 }, '0.0.0.0/1')).toMatchObject({
      ok: false,
      error: { errors: [{ pointer: '/operations/0/cidrs/0' }] },
    });
    // Of IPv6 Cilium itself refuses them, before anything is marked.
    expect(cut('::/0', { maskSize6: 128 }, '::/1')).toMatchObject({ ok: true, value: [{ error: { code: 'SUBNET_TOO_BIG' } }] });
  });

  it('releases an address however it is written', () => {
    const steps = finished(
      simulatePrefix({ ...world, prefix: 'fd00::/64', addresses: [{ address: 'fd00::1', vrf: null }] }, [
        { op: 'releaseIp', address: 'FD00::0001/64', repeat: 1 },
      ]),
    );
    expect(steps).toMatchObject({ ok: true, value: [{ failures: 0 }] });
  });
});
