import type { Problem } from '../../kernel/problem.js';
import { addressSpec } from '../../net/address-spec.js';
import { type Cidr, parseCidr } from '../../net/cidr.js';
import { type Ip, parseIp } from '../../net/ip.js';
import { type IpRange, rangeOfCidr, rangeToCidrs } from '../../net/ip-set.js';
import { parseLabelText } from '../../model/parse-label-text.js';
import { EVERYTHING, type LabelSelector } from '../../resources/label-selector.js';
import type { CalicoSelector } from '../../resources/calico-selector.js';
import { parseCalicoSelector } from '../../resources/parse-calico-selector.js';
import { type CalicoPool, DEFAULT_POOL_USES } from '../calico-pool-choice.js';
import type { CalicoPoolSpec, ReleaseSpec } from '../calico-simulation.js';
import type { LbPoolSpec } from '../load-balancer-simulation.js';
import { invalidIn } from '../simulation-problems.js';
import { usableAddresses } from '../usable-addresses.js';
import type { ReleaseItem } from './calico/calico-block.js';
import type { CalicoIpamConfig } from './calico/calico-request.js';
import type { LbPool } from './lb-pools.js';

/** Addresses of a range out of which every 256th pair is left. */
const MOST_BUGGY = 1n << 20n;

/** Reads the text of a simulation, and remembers the first that is wrong and where it stands. What cannot be read is left out. */
export class SimulationReader {
  problem: Problem | undefined;
  /** Addresses of ranges out of which some are left. */
  private thinned = 0n;

  ip(text: string, at: string): Ip {
    return parseIp(text) ?? this.wrong(at, `\`${text}\` is no address`, { family: 4, value: 0n });
  }

  cidr(text: string, at: string): Cidr {
    return parseCidr(text) ?? this.wrong(at, `\`${text}\` is no prefix such as \`10.0.0.0/26\``, { family: 4, base: 0n, prefix: 32 });
  }

  cidrs(texts: readonly string[], at: string): readonly Cidr[] {
    return texts.map((text, index) => this.cidr(text, `${at}/${index}`));
  }

  /** From one address to another of its family. */
  between(start: string, end: string, at: string): IpRange {
    const [first, last] = [this.ip(start, `${at}/start`), this.ip(end, `${at}/end`)];
    if (first.family === last.family && first.value <= last.value) return { family: first.family, first: first.value, last: last.value };
    return this.wrong(`${at}/end`, `\`${end}\` is not at or after \`${start}\``, {
      family: first.family,
      first: first.value,
      last: first.value,
    });
  }

  /** An address, a prefix, or `first-last`. */
  range(text: string, at: string): IpRange {
    const none: IpRange = { family: 4, first: 0n, last: 0n };
    return addressSpec(text) ?? this.wrong(at, `\`${text}\` is no prefix, address or \`first-last\``, none);
  }

  /** Addresses and prefixes. */
  ranges(texts: readonly string[], at: string): readonly IpRange[] {
    return texts.map((text, index) => {
      const ip = parseIp(text);
      return ip ? { family: ip.family, first: ip.value, last: ip.value } : rangeOfCidr(this.cidr(text, `${at}/${index}`));
    });
  }

  items(items: readonly ReleaseSpec[], at: string): readonly ReleaseItem[] {
    return items.map(({ ip, handle, sequence }, index) => ({
      ip: this.ip(ip, `${at}/${index}/ip`),
      handle,
      sequence: sequence === undefined ? undefined : this.whole(sequence, `${at}/${index}/sequence`),
    }));
  }

  whole(text: string, at: string): bigint {
    return /^\d{1,40}$/.test(text) ? BigInt(text) : this.wrong(at, `\`${text.slice(0, 80)}\` is no whole number`, 0n);
  }

  pools(specs: readonly CalicoPoolSpec[], at: string): readonly CalicoPool[] {
    return specs.map((spec, index) => this.pool(spec, `${at}/${index}`));
  }

  /** Pools of MetalLB. */
  lbPools(specs: readonly LbPoolSpec[], at: string): readonly LbPool[] {
    return specs.map(({ name, addresses, avoidBuggyIPs, autoAssign, serviceAllocation }, index) => ({
      name,
      ranges: addresses.flatMap((text, place) => this.lbRanges(text, avoidBuggyIPs, `${at}/${index}/addresses/${place}`)),
      autoAssign,
      keptFor: serviceAllocation && {
        ...serviceAllocation,
        selectors: serviceAllocation.serviceSelectors.map((text, place) =>
          this.labelSelector(text, `${at}/${index}/serviceAllocation/serviceSelectors/${place}`),
        ),
      },
    }));
  }

  private lbRanges(text: string, avoidBuggyIPs: boolean, at: string): readonly IpRange[] {
    const [start = '', end, ...more] = text.split('-');
    if (more.length > 0) return this.wrong(at, `\`${text}\` is no range \`first-last\``, []);
    const range = end === undefined ? rangeOfCidr(this.cidr(text, at)) : this.between(start.trim(), end.trim(), at);
    if (avoidBuggyIPs && range.family === 4) this.thinned += range.last - range.first;
    if (this.thinned >= MOST_BUGGY) return this.wrong(at, '`avoidBuggyIPs` takes as many addresses as a /12 has, in all', []);
    return rangeToCidrs(range).flatMap((cidr) => {
      const usable = usableAddresses(avoidBuggyIPs ? 'metallb-avoid-buggy' : 'metallb', cidr);
      return 'ranges' in usable ? usable.ranges : [];
    });
  }

  private labelSelector(text: string, at: string): LabelSelector {
    const selector = parseLabelText(text);
    return selector.ok ? selector.value : this.wrong(at, selector.error, EVERYTHING);
  }

  /** "MaxBlocksPerHost > 0 requires StrictAffinity"; without affinity, blocks have to be found by walking the pools. */
  config({ strictAffinity, autoAllocateBlocks, maxBlocksPerHost }: CalicoIpamConfig, at: string): void {
    if (maxBlocksPerHost > 0 && !strictAffinity)
      this.wrong(`${at}/maxBlocksPerHost`, '`maxBlocksPerHost` needs `strictAffinity`', undefined);
    if (!autoAllocateBlocks && !strictAffinity) {
      this.wrong(`${at}/autoAllocateBlocks`, '`strictAffinity` and `autoAllocateBlocks` cannot both be off', undefined);
    }
  }

  private pool(spec: CalicoPoolSpec, at: string): CalicoPool {
    const cidr = this.cidr(spec.cidr, `${at}/cidr`);
    const { blockSize = cidr.family === 6 ? 122 : 26 } = spec;
    const [shortest, longest] = cidr.family === 6 ? [116, 128] : [20, 32];
    if (blockSize < shortest || blockSize > longest) {
      this.wrong(`${at}/blockSize`, `\`blockSize\` of this family is ${shortest} to ${longest}, got ${blockSize}`, undefined);
    } else if (blockSize < cidr.prefix && spec.enabled) {
      this.wrong(`${at}/blockSize`, `a block of /${blockSize} is larger than the pool \`${spec.cidr}\``, undefined);
    }
    return {
      cidr,
      blockSize,
      enabled: spec.enabled,
      nodeSelector: this.selector(spec.nodeSelector, `${at}/nodeSelector`),
      namespaceSelector: this.selector(spec.namespaceSelector, `${at}/namespaceSelector`),
      assignmentMode: spec.assignmentMode,
      allowedUses: spec.allowedUses.length > 0 ? spec.allowedUses : DEFAULT_POOL_USES,
    };
  }

  private selector(text: string, at: string): CalicoSelector | undefined {
    if (text.trim() === '') return undefined;
    const selector = parseCalicoSelector(text);
    return selector.ok ? selector.value : this.wrong(at, selector.error, undefined);
  }

  wrong<Value>(at: string, message: string, otherwise: Value): Value {
    this.problem ??= invalidIn(at, message);
    return otherwise;
  }
}
