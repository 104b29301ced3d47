import { array, assert, property, record, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkPolicy } from '../../../../test/support/policy-cluster.js';
import { modelOf } from '../../../../test/support/model.js';
import { finished } from '../../kernel/steps.js';
import { type Cidr, cidrContains, cidrOf } from '../../net/cidr.js';
import type { Ip } from '../../net/ip.js';
import { AddressCuts } from './address-cuts.js';
import { CiliumBlocks } from './cilium-blocks.js';
import { PolicyIndex } from './policy-index.js';

/** Small networks, so that they meet: addresses 0 to 255 of the lowest /24. */
const ip = (value: number): Ip => ({ family: 4, value: BigInt(value) });
const network = record({ value: integer({ min: 0, max: 255 }), prefix: integer({ min: 24, max: 32 }) }).map(({ value, prefix }): Cidr =>
  cidrOf(ip(value), prefix),
);
const networks = array(network, { maxLength: 8 });
const ADDRESSES = Array.from({ length: 256 }, (_, value) => ip(value));

describe('networks with exceptions', () => {
  it('hold an address as each of them does by itself', () => {
    assert(
      property(networks, networks, (cidrs, except) => {
        const blocks = new CiliumBlocks(cidrs, except);
        const plain = (address: Ip) => {
          if (!cidrs.some((cidr) => cidrContains(cidr, address))) return 'outside';
          return except.some((inner) => cidrContains(inner, address)) ? 'excepted' : 'held';
        };
        expect(ADDRESSES.map((address) => blocks.at(address))).toEqual(ADDRESSES.map(plain));
      }),
    );
  });

  it('cut the address space where each of them does by itself', () => {
    assert(
      property(networks, networks, (cidrs, except) => {
        const cuts = (peers: Parameters<typeof AddressCuts.of>[0][number]['egress'][number]['peers']) => {
          const made = finished(AddressCuts.of([{ egress: [{ peers }], ingress: [] }], ['egress']));
          return ADDRESSES.map((address) => made.partOf(address));
        };
        const apart = cidrs.map((cidr) => ({ type: 'ipBlock' as const, pointer: '', cidr, except }));
        expect(cuts([new CiliumBlocks(cidrs, except)])).toEqual(cuts(apart));
      }),
    );
  });

  it('are looked up once for all rules that name the same group', () => {
    const rules = Array.from({ length: 50 }, (_, port) => ({
      toCIDRSet: [{ cidrGroupRef: 'far' }],
      toPorts: [{ ports: [{ port: `${port + 1}` }] }],
    }));
    const model = modelOf(
      [
        networkPolicy('cidrgroup far', { externalCIDRs: ['203.0.113.0/24'] }),
        networkPolicy('ciliumnp shop/out', { endpointSelector: {}, egress: rules }),
      ],
      { cni: { plugin: 'cilium' } },
    );
    const { cilium } = PolicyIndex.of(model);
    const peers = finished(cilium!.ruled()).flatMap(({ egress }) => egress.flatMap((rule) => rule.peers));
    expect(peers).toHaveLength(50);
    expect(new Set(peers).size).toBe(1);
  });
});
