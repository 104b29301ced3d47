import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_SETTINGS } from '../../model/profile-settings.js';
import { type Cidr, cidrContains } from '../../net/cidr.js';
import { modelOf } from '../../../../test/support/model.js';
import { judgePeer } from './judge-peer.js';

const { policy } = modelOf([], NO_SETTINGS).profile;
const EVERYTHING: Cidr = { family: 4, base: 0n, prefix: 0 };
const addressOf = (value: number) => ({ kind: 'address', address: { family: 4, value: BigInt(value) } }) as const;
const peerWithout = (except: readonly Cidr[]) => ({ type: 'ipBlock', pointer: '', cidr: EVERYTHING, except }) as const;

describe('a block with very many exceptions', () => {
  const network = integer({ min: 24, max: 32 }).chain((prefix) =>
    integer({ min: 0, max: 2 ** (prefix - 22) - 1 }).map((number): Cidr => ({
      family: 4,
      base: BigInt(number * 2 ** (32 - prefix)),
      prefix,
    })),
  );

  it('holds just the addresses that no exception holds', () => {
    assert(
      property(array(network, { maxLength: 30 }), array(integer({ min: 0, max: 1_023 }), { minLength: 5 }), (except, values) => {
        for (const value of values) {
          const endpoint = addressOf(value);
          const excepted = except.some((one) => cidrContains(one, endpoint.address));
          expect(judgePeer(policy, 'shop', peerWithout(except), endpoint)).toBe(excepted ? 'ADDRESS_EXCEPTED' : 'ADDRESS_IN_BLOCK');
        }
      }),
    );
  });

  it('is looked through once, however many addresses are asked about', () => {
    let looked = 0;
    const except = Array.from({ length: 5_000 }, (_, number): Cidr => ({
      family: 4,
      base: BigInt(number * 512),
      get prefix() {
        looked++;
        return 24;
      },
    }));
    const peer = peerWithout(except);
    const ask = (count: number) => {
      for (let value = 0; value < count; value++) judgePeer(policy, 'shop', peer, addressOf(value * 256));
      return looked;
    };
    const once = ask(1);
    expect(ask(1_000) - once).toBeLessThan(5_000);
  });
});
