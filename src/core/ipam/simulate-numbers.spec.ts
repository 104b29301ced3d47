import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { simulateNumbers } from './simulate-numbers.js';

/** netbox-community/netbox `netbox/ipam/api/views.py`: AvailableVLANsView, AvailableASNsView. */
describe('simulated numbers', () => {
  it('are given from the lowest free one; a released one comes first again', () => {
    const steps = finished(
      simulateNumbers({ first: 1, last: 4094, used: [1, 3] }, [
        { op: 'allocate', count: 3, repeat: 1 },
        { op: 'release', number: 3, repeat: 1 },
        { op: 'allocate', count: 1, repeat: 1 },
        { op: 'release', number: 99, repeat: 1 },
      ]),
    );
    expect(steps).toMatchObject({
      ok: true,
      value: [{ results: [2, 4, 5] }, { error: null }, { results: [3] }, { error: { code: 'NOT_ALLOCATED' }, state: { free: '4089' } }],
    });
  });

  it('are given all or none', () => {
    const steps = finished(
      simulateNumbers({ first: 101, last: 110, used: [] }, [
        { op: 'allocate', count: 11, repeat: 1 },
        { op: 'free', repeat: 1 },
      ]),
    );
    expect(steps).toMatchObject({ ok: true, value: [{ error: { code: 'POOL_EXHAUSTED' } }, { results: ['101-110'] }] });
  });

  it('need a range', () => {
    expect(finished(simulateNumbers({ first: 5, last: 4, used: [] }, []))).toMatchObject({
      ok: false,
      error: { errors: [{ pointer: '/world/last' }] },
    });
  });
});
