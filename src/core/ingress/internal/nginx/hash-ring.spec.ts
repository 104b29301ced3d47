import { expect, it } from 'vitest';
import { HashRing } from './hash-ring.js';

it('gives each node the keys that lua-resty-balancer gives it', () => {
  // openresty/lua-resty-balancer `t/chash.t`, "TEST 1: find"
  const ring = new HashRing(
    new Map([
      ['server1', 10],
      ['server2', 2],
      ['server3', 1],
    ]),
  );
  const found = new Map<string | undefined, number>();
  for (let key = 1; key <= 100_000; key++) {
    const node = ring.find(String(key));
    found.set(node, (found.get(node) ?? 0) + 1);
  }
  expect(Object.fromEntries(found)).toEqual({ server1: 75_588, server2: 16_114, server3: 8298 });
});
