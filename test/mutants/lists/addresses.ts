import type { MutantsOfFile } from '../mutant.js';

const A = 'src/core/ipam';
const CALICO = [
  `${A}/simulate-calico.spec.ts`,
  `${A}/simulate-calico.upstream.spec.ts`,
  `${A}/calico-blocks.spec.ts`,
  `${A}/ipam-vectors.spec.ts`,
];

/** Which address comes next: first fit, queues, blocks and their order, borrowing, bands. */
export const ADDRESSES: readonly MutantsOfFile[] = [
  {
    file: `${A}/choose-address.ts`,
    specs: [`${A}/choose-address.spec.ts`, `${A}/pick-addresses.spec.ts`, `${A}/ipam-vectors.spec.ts`],
    mutants: [
      {
        breaks: 'roundRobin: the one after the last',
        from: 'wrapping(space, all, (state.cursor ?? all.first - 1n) + 1n)',
        to: 'wrapping(space, all, state.cursor ?? all.first)',
      },
      { breaks: 'roundRobin wraps', from: '?? space.next(first, start < last ? start : last);', to: ';' },
      {
        breaks: 'banded: the upper band first',
        from: 'const upper = upperBand <= all.last ? fromSeed(space, { first: upperBand, last: all.last }, numbers) : undefined;',
        to: 'const upper = undefined;',
      },
      {
        breaks: 'banded: then the lower one',
        from: 'return upper ?? fromSeed(space, { first: all.first, last: upperBand - 1n }, numbers);',
        to: 'return upper;',
      },
      { breaks: 'fifo: never used ones first', from: 'if (unused === candidate) return candidate;', to: '' },
      {
        breaks: 'fifo: one that may not be handed out keeps its place',
        from: 'released.first((value) => space.isFree(value))',
        to: 'released.first(() => true)',
      },
      {
        breaks: 'bestFit: the smallest run with room',
        from: 'length(best) < wanted || length(run) < length(best)',
        to: 'length(best) < wanted || length(run) > length(best)',
      },
      { breaks: 'bestFit: else the longest', from: 'length(run) > length(best) && length(best) < wanted', to: 'false' },
      {
        breaks: 'bestFit: a run with room before one without',
        from: 'length(best) < wanted || length(run) < length(best)',
        to: 'length(run) < length(best)',
      },
      {
        breaks: 'sparse: the longest run',
        from: 'run.last - run.first > longest.last - longest.first',
        to: 'run.last - run.first < longest.last - longest.first',
      },
      {
        breaks: 'sparse: the first of equal ones',
        from: 'run.last - run.first > longest.last - longest.first',
        to: 'run.last - run.first >= longest.last - longest.first',
      },
      { breaks: 'sparse: the lower middle', from: '(longest.first + longest.last) / 2n', to: '(longest.first + longest.last + 1n) / 2n' },
    ],
  },
  {
    file: `${A}/release-queue.ts`,
    specs: [`${A}/choose-address.spec.ts`, `${A}/ipam-vectors.spec.ts`],
    mutants: [
      {
        breaks: 'fifo: released again is last again',
        from: 'this.order.delete(value);\n    this.order.set(value, ++this.pushed);',
        to: 'this.order.set(value, ++this.pushed);',
      },
      {
        breaks: 'fifo: the one that has waited longest',
        from: 'for (const value of this.order.keys()) if',
        to: 'for (const value of [...this.order.keys()].toReversed()) if',
      },
    ],
  },
  {
    file: `${A}/pick-addresses.ts`,
    specs: [`${A}/pick-addresses.spec.ts`],
    mutants: [
      {
        breaks: 'bestFit: what shares a run stays together',
        from: "if (strategy === 'bestFit' && before !== undefined",
        to: "if (strategy === 'random' && before !== undefined",
      },
      {
        breaks: 'what is wanted first, where it is free',
        from: 'preferred !== undefined && space.isFree(preferred)',
        to: 'preferred !== undefined',
      },
    ],
  },
  {
    file: 'src/core/model/banded-range.ts',
    specs: [`${A}/bands.spec.ts`, 'src/core/model/addresses.spec.ts', `${A}/ipam-vectors.spec.ts`],
    mutants: [
      { breaks: 'KEP-3070: no static band of 16 or fewer', from: 'if (size <= 16n) return 0n;', to: 'if (size < 16n) return 0n;' },
      { breaks: 'KEP-3070: at least 16', from: 'share < 16n ? 16n :', to: '' },
      { breaks: 'KEP-3070: at most 256', from: 'share > 256n ? 256n : share', to: 'share' },
      { breaks: 'KEP-3070: a sixteenth', from: 'size / 16n', to: 'size / 32n' },
      {
        breaks: 'KEP-3668: at least 16, at most 128, a 32nd',
        from: 'Math.min(Math.max(16, Math.floor(size / 32)), 128)',
        to: 'Math.min(Math.max(16, Math.floor(size / 16)), 128)',
      },
      {
        breaks: 'KEP-3668: at most 128',
        from: 'Math.min(Math.max(16, Math.floor(size / 32)), 128)',
        to: 'Math.max(16, Math.floor(size / 32))',
      },
      { breaks: 'KEP-3668: no static band of 16 or fewer', from: 'if (size <= 16) return 0;', to: 'if (size < 16) return 0;' },
      {
        breaks: 'the dynamic band first',
        from: 'scan(band, count - band, BigInt(seed), isTaken) ?? scan(0n, band, BigInt(seed), isTaken)',
        to: 'scan(0n, band, BigInt(seed), isTaken) ?? scan(band, count - band, BigInt(seed), isTaken)',
      },
    ],
  },
  {
    file: `${A}/free-prefixes.ts`,
    specs: [
      `${A}/simulate-prefix.spec.ts`,
      `${A}/look-at-prefix.spec.ts`,
      `${A}/ipam-vectors.spec.ts`,
      'test/properties/ipam-prefixes.property.spec.ts',
    ],
    mutants: [
      { breaks: 'the largest prefix', from: 'a.prefix - b.prefix || compareCidrs(a, b)', to: 'b.prefix - a.prefix || compareCidrs(a, b)' },
      {
        breaks: 'the lowest of equal ones',
        from: 'a.prefix - b.prefix || compareCidrs(a, b)',
        to: 'a.prefix - b.prefix || compareCidrs(b, a)',
      },
      { breaks: 'prefixes that fit', from: 'prefix <= length)', to: 'prefix < length)' },
    ],
  },
  {
    file: `${A}/internal/calico/calico-block.ts`,
    specs: CALICO,
    mutants: [
      {
        breaks: 'from the head of the queue',
        from: 'for (const ordinal of this.free) {',
        to: 'for (const ordinal of this.free.toReversed()) {',
      },
      { breaks: 'released ones to the tail', from: 'this.free.push(...ordinals);', to: 'this.free.unshift(...ordinals);' },
      {
        breaks: 'released ones in ascending order',
        from: 'cold.map(([ordinal]) => ordinal).sort((a, b) => a - b)',
        to: 'cold.map(([ordinal]) => ordinal).sort((a, b) => b - a)',
      },
      {
        breaks: 'reserved ones keep their places',
        from: 'if (!isReserved(this.ipAt(ordinal))) given.add(ordinal);',
        to: 'given.add(ordinal);',
      },
      { breaks: 'the cooldown', from: 'releasedAt + cooldown <= now', to: 'releasedAt <= now' },
      {
        breaks: 'an outdated owner releases nothing',
        from: "if (sequence !== undefined && sequence !== (this.held.get(ordinal)?.sequence ?? 0n)) return 'STALE_SEQUENCE';",
        to: '',
      },
      {
        breaks: 'a foreign owner releases nothing',
        from: "if (holder && handle !== undefined && handle !== (holder.handle ?? '')) return 'HANDLE_MISMATCH';",
        to: '',
      },
    ],
  },
  {
    file: `${A}/internal/calico/calico-blocks.ts`,
    specs: CALICO,
    mutants: [
      {
        breaks: 'pools in their order',
        from: 'for (const pool of pools) {\n      const next: Next = (from) => this.standing.nextUntouched',
        to: 'for (const pool of pools.toReversed()) {\n      const next: Next = (from) => this.standing.nextUntouched',
      },
      {
        breaks: 'the blocks of a node in the order of their names',
        from: 'return own.sort(compareBy(({ cidr }) => affinityName(cidr)));',
        to: 'return own.sort(byAddress);',
      },
      {
        breaks: 'empty blocks in the order of the search',
        from: 'const idle = claimed.find(',
        to: 'const idle = claimed.toReversed().find(',
      },
      { breaks: 'a young claim is not taken over', from: 'claimedAt + CLAIM_IS_YOUNG <= now &&', to: '' },
      { breaks: 'only empty blocks of others are taken over', from: '<= now && block.isEmpty()', to: '<= now' },
    ],
  },
  {
    file: `${A}/internal/calico/block-limit.ts`,
    specs: CALICO,
    mutants: [{ breaks: 'the smaller of the limits', from: 'Math.min(...limits)', to: 'Math.max(...limits)' }],
  },
  {
    file: `${A}/internal/calico/calico-ipam.ts`,
    specs: CALICO,
    mutants: [
      {
        breaks: 'own blocks before new ones',
        from: 'for (const claimed of own) this.fill(claimed, { handle, node: host }, count, addresses);',
        to: '',
      },
      {
        breaks: 'strict affinity borrows nothing',
        from: 'if (this.config.strictAffinity) return {',
        to: 'if (this.config.strictAffinity && addresses.length < 0) return {',
      },
      {
        breaks: 'borrowing',
        from: 'const exhausted = this.borrow(pools, { handle: request.handle, node: host }, request.count, addresses);',
        to: 'const exhausted: readonly string[] = [];',
      },
      { breaks: 'the limit of blocks', from: 'if (owned >= limit) return limitReached(limit);', to: '' },
      {
        breaks: 'a handle with enough gets what it has',
        from: 'request.maxPerHandle > 0 && had.length >= request.maxPerHandle',
        to: 'had.length < 0',
      },
    ],
  },
  {
    file: `${A}/internal/lb-pools.ts`,
    specs: [
      `${A}/simulate-load-balancers.spec.ts`,
      `${A}/serve-load-balancer.metallb.spec.ts`,
      `${A}/simulate-allocator.upstream.spec.ts`,
      `${A}/ipam-vectors.spec.ts`,
    ],
    mutants: [
      {
        breaks: 'MetalLB: pools kept for the service first',
        from: 'this.best(request, this.kept(request), wish) ?? this.best(request, this.open(), wish)',
        to: 'this.best(request, this.open(), wish) ?? this.best(request, this.kept(request), wish)',
      },
      { breaks: 'MetalLB: the smaller priority', from: 'rank(a) - rank(b))', to: 'rank(b) - rank(a))' },
      {
        breaks: 'MetalLB: priority 0 is none',
        from: 'keptFor?.priority || Number.POSITIVE_INFINITY',
        to: 'keptFor?.priority ?? Number.POSITIVE_INFINITY',
      },
      {
        breaks: 'MetalLB: the lowest that is free or shared',
        from: 'find((value) => free === undefined || value < free)',
        to: 'find((value) => free === undefined)',
      },
      {
        breaks: 'MetalLB: one port of an address once',
        from: "if (port !== undefined) return { code: 'PORT_CONFLICT'",
        to: "if (port === '?') return { code: 'PORT_CONFLICT'",
      },
      { breaks: 'MetalLB: autoAssign', from: '(pool) => pool.autoAssign && !pool.keptFor', to: '(pool) => !pool.keptFor' },
    ],
  },
  {
    file: `${A}/internal/meetings.ts`,
    specs: [`${A}/fleet-overlaps.spec.ts`],
    mutants: [
      { breaks: 'clusters: who is there makes the meeting', from: 'this.mark ^= mark;', to: 'this.mark ^= mark & 0n;' },
      { breaks: 'clusters: one that has gone is no part of it', from: 'this.reckon(holder, -1);', to: '' },
      { breaks: 'clusters: a place ends where a range does', from: 'range.last + 1n, found, most);', to: 'range.last + 2n, found, most);' },
      { breaks: 'clusters: one cluster meets nobody', from: 'this.clusters.size < 2', to: 'this.clusters.size < 1' },
    ],
  },
  {
    file: `${A}/internal/balancers/cilium-conditions.ts`,
    specs: [`${A}/serve-load-balancer.spec.ts`],
    mutants: [
      { breaks: 'Cilium’s conditions: the last refusal', from: 'refusals.at(-1)', to: 'refusals.at(0)' },
      { breaks: 'Cilium’s conditions: ends that are kept back are used', from: 'given + 2 *', to: 'given + 0 *' },
      { breaks: 'Cilium’s conditions: what is used is not available', from: 'total - used', to: 'total' },
    ],
  },
  {
    file: `${A}/internal/lint/service-allocator.ts`,
    specs: [`${A}/service-flags.upstream.spec.ts`],
    mutants: [
      { breaks: 'bitmap of services: both gates', from: 'GATES.every(', to: 'GATES.some(' },
      { breaks: 'bitmap of services: what is locked stays', from: 'minor >= lockedSince) return', to: 'minor > 99) return' },
      { breaks: 'bitmap of services: a gate that is given', from: 'given ?? minor >= onSince', to: 'minor >= onSince' },
    ],
  },
  {
    file: `${A}/cloud-capacity.ts`,
    specs: [`${A}/cloud-capacity.spec.ts`],
    mutants: [
      { breaks: 'GKE: twice as many addresses as pods', from: 'Math.log2(2 * maxPods)', to: 'Math.log2(maxPods)' },
      { breaks: 'Azure keeps five addresses of a subnet', from: 'const KEPT_BY_AZURE = 5n;', to: 'const KEPT_BY_AZURE = 0n;' },
      { breaks: 'Azure CNI: a node has an address too', from: 'addresses: maxPods + 1', to: 'addresses: maxPods' },
      { breaks: 'clouds: nodes have bounds', from: 'maxPods < limits.least || maxPods > limits.most', to: 'maxPods < 1' },
    ],
  },
];
