import { assert, integer, property, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { allPools, takenIn } from './all-pools.js';
import { AllocationBook } from './allocation-book.js';
import { poolUsage } from './pool-usage.js';
import { utilizationOf } from './pool-utilization.js';

const BASE = 10n << 24n;
const places = uniqueArray(integer({ min: 0, max: 63 }), { maxLength: 40 });

const pod = (place: number): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `p${place}`, namespace: 't' },
  spec: { nodeName: 'a', containers: [{ name: 'c', image: 'c' }] },
  status: { phase: 'Running', podIP: `10.0.0.${place}`, podIPs: [{ ip: `10.0.0.${place}` }] },
});

const reservation = (places: readonly number[]): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPReservation',
  metadata: { name: 'r' },
  spec: { reservedCIDRs: places.map((place) => `10.0.0.${place}/32`) },
});

const bookOf = (places: readonly number[]): AllocationBook =>
  AllocationBook.after(
    places.length,
    places.map((place, index) => ({
      pool: 'pods.10.0.0.0_26',
      plane: 'pod',
      ip: { family: 4, value: BASE + BigInt(place) },
      identifier: `i${place}`,
      owner: null,
      byName: false,
      sequence: index + 1,
      allocatedAt: '2026-01-01T00:00:00Z',
      allocatedBy: 't',
    })),
  );

describe('how full a pool is', () => {
  it('is counted without a list of what is taken, and is what that list comes to', () => {
    assert(
      property(places, places, places, (held, reserved, handedOut) => {
        const settings = { podCIDRs: ['10.0.0.0/26'], serviceCIDRs: ['10.96.0.0/28'], cni: { plugin: 'calico' as const } };
        const model = modelOf([...held.map(pod), reservation(reserved)], settings);
        const book = bookOf(handedOut);
        const pool = allPools(model)[0]!;
        expect(pool.reserved.length > 0).toBe(reserved.length > 0);
        expect(poolUsage(model, book, pool)).toEqual(utilizationOf(pool, takenIn(model, book, pool)));
      }),
      { numRuns: 50 },
    );
  });
});
