import { allPools } from '../src/core/ipam/all-pools.js';
import { AllocationBook } from '../src/core/ipam/allocation-book.js';
import { FreeSpace } from '../src/core/ipam/free-space.js';
import { ipamLint } from '../src/core/ipam/ipam-lint.js';
import { IPAM_CODES } from '../src/core/ipam/ipam-lint-codes.js';
import { poolUsage } from '../src/core/ipam/pool-usage.js';
import { finished } from '../src/core/kernel/steps.js';
import { compileModel } from '../src/core/model/compile-model.js';
import { cidrOf } from '../src/core/net/cidr.js';
import { CidrIndex } from '../src/core/net/cidr-index.js';
import type { Ip, IpFamily } from '../src/core/net/ip.js';
import { SparseBitmap } from '../src/core/net/sparse-bitmap.js';
import { format, measured, median } from './measure.js';
import { modelOf, textsOf } from './model-of.js';
import { comparedFigure, type Figure, plainFigure, type Section } from './section.js';
import { SIZES } from './synthetic-cluster.js';

const ROUNDS = 5;
const LOOKS = 100_000;
const USES = 1000;
const PREFIXES = 1_000_000;
/** 10.0.0.0/8. */
const [FIRST, LAST] = [10n << 24n, (11n << 24n) - 1n];

/** Looks into a full /8, into a million prefixes, and over the addresses of a large cluster. */
export async function benchAddresses(): Promise<Section> {
  const look = await mapLook();
  const rows: readonly (readonly [name: string, work: (n: number) => void])[] = [
    ['next free in a /8 with one free address', nextFree()],
    ['longest of 1,000,000 IPv4 prefixes', longestMatch(4, 24)],
    ['longest of 1,000,000 IPv6 prefixes', longestMatch(6, 64)],
  ];
  const figures: Figure[] = [];
  for (const [name, work] of rows) figures.push(comparedFigure(name, 'µs', await microseconds(work), look, '≤ 1 µs'));
  figures.push(plainFigure('utilisation of a /8 with 1,000,000 addresses handed out', format(await utilisation(), 'µs'), '≤ 1,000 µs'));
  figures.push(await audit());
  return {
    title: 'Addresses in memory',
    about:
      `What allocation and lint look addresses up in. Seconds of CPU for ${LOOKS.toLocaleString('en')} looks at random places, median of ${ROUNDS}. ` +
      'Reference: a look at a random one of a million numbers in a `Map`. Utilisation: of addresses scattered over the pool, of which one is given back and another is handed out ' +
      `before each of ${USES.toLocaleString('en')} looks. Last, \`ipam-lint\` over the cluster of size L, from a model on that was asked nothing before.`,
    figures,
  };
}

/** From a random address of a /8, of which the highest address alone is free. */
function nextFree(): (n: number) => void {
  const taken = new SparseBitmap();
  taken.add(FIRST, LAST - 1n);
  const space = new FreeSpace([{ family: 4, first: FIRST, last: LAST }], taken);
  return (n) => {
    if (space.next(FIRST + BigInt(scattered(n) >>> 8), LAST) !== LAST) throw new Error('another address is said to be free');
  };
}

/** Of scattered addresses; between two looks one is given back and one is handed out. */
async function utilisation(): Promise<number> {
  const settings = { podCIDRs: ['10.0.0.0/8'], serviceCIDRs: ['172.20.0.0/16'], cni: { plugin: 'calico' } } as const;
  const model = compileModel({ resources: [], unmodelled: [], settings });
  const [pool] = allPools(model);
  if (!pool) throw new Error('the profile tells of a pool that there is not');
  const book = new AllocationBook();
  const taken = book.takenOf('pod', 4).addresses;
  const at = (n: number): bigint => FIRST + BigInt(scattered(n) >>> 8);
  let next = 0;
  for (; taken.size < PREFIXES; next++) taken.add(at(next));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { cpu } = await measured(() => {
      for (let n = 0; n < USES; n++) {
        taken.delete(at(n));
        for (; taken.size < PREFIXES; next++) taken.add(at(next));
        const { used, available } = poolUsage(model, book, pool);
        if (used !== BigInt(PREFIXES) || used + available !== LAST - FIRST + 1n)
          throw new Error('addresses are counted twice, or not at all');
      }
    });
    times.push((cpu / USES) * 1e6);
  }
  return median(times);
}

/** Networks at random places, every fourth of them with another one inside. */
function longestMatch(family: IpFamily, prefix: number): (n: number) => void {
  const spread = (n: number): bigint =>
    family === 4 ? BigInt(scattered(n)) : (BigInt(scattered(n)) << 96n) + (BigInt(scattered(n + PREFIXES)) << 64n);
  const at = (n: number): Ip => ({ family, value: spread(n) });
  const index = CidrIndex.of(
    Array.from({ length: PREFIXES }, (_, n) => [cidrOf(at(n % 4 === 3 ? n - 1 : n), n % 4 === 3 ? prefix + 4 : prefix), n] as const),
  );
  const asked = Array.from({ length: LOOKS }, (_, n) => at(n * 6));
  return (n) => {
    const ip = asked[n];
    if (!ip || !index.longestMatch(ip)) throw new Error('a network that is there is not found');
  };
}

async function mapLook(): Promise<number> {
  const map = new Map(Array.from({ length: PREFIXES }, (_, n) => [scattered(n), n] as const));
  return microseconds((n) => {
    if (!map.has(scattered(n * 7))) throw new Error('a number that is there is not found');
  });
}

async function microseconds(work: (n: number) => void): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { cpu } = await measured(() => {
      for (let n = 0; n < LOOKS; n++) work(n);
    });
    times.push((cpu / LOOKS) * 1e6);
  }
  return median(times);
}

async function audit(): Promise<Figure> {
  const model = modelOf(textsOf(SIZES.L));
  const question = { codes: undefined, severity: 'info', limit: 100 } as const;
  const { cpu, value } = await measured(() => finished(ipamLint(model, new AllocationBook(), question)));
  const errors = value.result.counts.filter(({ code }) => IPAM_CODES[code].severity === 'error');
  if (errors.length > 0) throw new Error(`the synthetic cluster has ${errors.map(({ code }) => code).join(', ')}`);
  return plainFigure(`audit of ${SIZES.L.pods.toLocaleString('en')} pods`, format(cpu, 's'), '≤ 30 s');
}

/** Numbers below 2^32 in no order, no two alike. */
function scattered(n: number): number {
  return Math.imul(n, 0x9e37_79b1) >>> 0;
}
