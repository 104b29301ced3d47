import { describe, expect, it } from 'vitest';
import type { CalicoIPPool } from '../resources/calico-ip-pool.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { mayRewriteCidr, poolUpdateRefusals } from './calico-pool-update.js';

const pool = (spec: { readonly cidr: string; readonly [member: string]: string | number | readonly string[] }) => ({
  cidr: spec.cidr,
  pool: normaliseObject({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'p' }, spec }).resource as CalicoIPPool,
});

/** projectcalico/calico `libcalico-go/lib/clientv3/ippool.go`, `cidrChangeOK` and `validateAndSetDefaults`. */
describe('an update of a Calico pool', () => {
  it.each([
    ['fd00:0::/48', 'fd00::/48', true],
    ['FD00::/48', 'fd00::/48', true],
    ['fd00::/48', 'fd00:0::/48', false],
    ['fd00::/48', 'fd00::/56', false],
    ['no prefix', '10.0.0.0/8', false],
    ['no prefix', 'no prefix', true],
  ])('may rewrite the CIDR %s as %s: %s', (stored, written, may) => {
    expect(mayRewriteCidr(stored, written)).toBe(may);
  });

  it('keeps CIDR and block size', () => {
    expect(poolUpdateRefusals(pool({ cidr: '10.0.0.0/16' }), pool({ cidr: '10.0.0.0/16', blockSize: 26 }))).toEqual([]);
    expect(poolUpdateRefusals(pool({ cidr: '10.0.0.0/16' }), pool({ cidr: '10.1.0.0/16', blockSize: 28 }))).toEqual([
      'CIDR cannot be changed',
      'BlockSize cannot be changed',
    ]);
  });

  it('gives no addresses of services to pods', () => {
    const services = pool({ cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'] });
    expect(poolUpdateRefusals(services, pool({ cidr: '10.0.0.0/16', allowedUses: ['Workload'] }))).toHaveLength(1);
    expect(poolUpdateRefusals(services, pool({ cidr: '10.0.0.0/16' }))).toHaveLength(1);
    expect(poolUpdateRefusals(services, services)).toEqual([]);
    expect(poolUpdateRefusals(pool({ cidr: '10.0.0.0/16' }), services)).toEqual([]);
  });
});
