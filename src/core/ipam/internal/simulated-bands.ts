import type { AllocatorOperation, AllocatorSnapshot, Outcome, SimulatedAllocator, SimulatedValue } from '../simulation.js';
import { chooseAddress } from '../choose-address.js';
import { FreeSpace } from '../free-space.js';
import { ReleaseQueue } from '../release-queue.js';
import { Rehearsal } from './rehearsal.js';
import { SeededNumbers } from '../seeded-numbers.js';
import { SparseBitmap } from '../../net/sparse-bitmap.js';

/** A range with a static and a dynamic band, and how its places are written. */
export interface BandedRange {
  /** As snapshots name it. */
  readonly name: string;
  /** The places that are handed out; undefined: none. */
  readonly places: { readonly first: bigint; readonly last: bigint } | undefined;
  readonly staticBand: bigint;
  read(text: string | number): bigint | undefined;
  write(place: bigint): string | number;
  /** Places that count as used when they are taken, though not all of them are handed out. */
  readonly counted: { readonly first: bigint; readonly last: bigint };
  /** What a dry run of "the next" answers: the API server does not look for one. Undefined: a dry run is that of node ports. */
  readonly dryRunAnswer: bigint | undefined;
}

/** What else may happen to an allocator whose store is shared. */
export interface StoreBehaviour {
  readonly collisions: number;
  readonly storeError?: string | undefined;
}

type Scope = 'Static' | 'Dynamic';

/**
 * ClusterIPs, node ports and plain offsets with two bands. Counters as the API server's metrics: each create that fails counts, and a dynamic request that fails
 * counts once more. Source: kubernetes `pkg/registry/core/service/{ipallocator,portallocator,allocator}`.
 */
export class SimulatedBands implements SimulatedAllocator {
  attempts = 0;
  private taken = new SparseBitmap();
  private space: FreeSpace;
  private readonly counters = { allocatedStatic: 0, allocatedDynamic: 0, errorsStatic: 0, errorsDynamic: 0 };
  private readonly numbers: SeededNumbers;
  private collisions: number;
  private rehearsal = new Rehearsal({});

  constructor(
    private readonly range: BandedRange,
    private readonly store: StoreBehaviour,
    taken: readonly bigint[],
  ) {
    for (const place of taken) this.taken.add(place);
    this.space = this.spaceOf();
    this.numbers = new SeededNumbers(range.name);
    this.collisions = store.collisions;
  }

  run(
    op: AllocatorOperation['op'],
    value: SimulatedValue | undefined,
    operation: AllocatorOperation,
  ): Outcome | readonly Outcome[] | undefined {
    if (op === 'status') return {};
    if (op === 'list') return this.list();
    if (op === 'snapshot') return { result: this.snapshot() };
    if (op === 'restore') return operation.snapshot && this.restore(operation.snapshot);
    if (value === undefined) return op === 'allocate' ? this.allocateNext(operation) : undefined;
    const place = typeof value === 'object' ? undefined : this.range.read(value);
    if (place === undefined) return undefined;
    if (op === 'allocate') return this.allocate(place, operation);
    if (op === 'release') return this.release(place, operation.dryRun);
    return op === 'has' ? { result: this.taken.has(place) } : undefined;
  }

  state(): ReturnType<SimulatedAllocator['state']> {
    const { places } = this.range;
    const used = this.taken.countIn(this.range.counted.first, this.range.counted.last);
    const size = places ? places.last - places.first + 1n : 0n;
    const { allocatedStatic, allocatedDynamic, errorsStatic, errorsDynamic } = this.counters;
    const free = size - BigInt(used);
    return texts({
      free: free < 0n ? 0n : free,
      used,
      allocated: allocatedStatic + allocatedDynamic,
      errors: errorsStatic + errorsDynamic,
      allocatedStatic,
      allocatedDynamic,
      errorsStatic,
      errorsDynamic,
    });
  }

  private spaceOf(): FreeSpace {
    const { places } = this.range;
    return new FreeSpace(places ? [{ family: 6, ...places }] : [], this.taken);
  }

  private allocate(place: bigint, operation: AllocatorOperation): Outcome {
    const { dryRun } = operation;
    const { places, dryRunAnswer } = this.range;
    if (dryRun && dryRunAnswer === undefined) {
      const isFree = this.rehearsalOf(operation).name(place, this.taken.has(place));
      return isFree ? { result: this.range.write(place) } : this.alreadyTaken(place);
    }
    if (!places || place < places.first || place > places.last) {
      if (!dryRun) this.counters.errorsStatic++;
      return { error: 'NOT_IN_RANGE', message: `\`${this.range.write(place)}\` is not handed out by \`${this.range.name}\`` };
    }
    return dryRun ? { result: this.range.write(place) } : this.create(place, 'Static');
  }

  private allocateNext(operation: AllocatorOperation): Outcome {
    if (operation.dryRun) return { result: this.range.write(this.range.dryRunAnswer ?? this.rehearsalOf(operation).guess()) };
    const full: Outcome = { error: 'POOL_EXHAUSTED', message: `\`${this.range.name}\` is full` };
    const { places, staticBand } = this.range;
    if (!places) return full;
    const state = { cursor: undefined, released: new ReleaseQueue(), upperBand: places.first + staticBand, numbers: this.numbers };
    for (;;) {
      const place = chooseAddress(this.space, 'banded', state);
      const outcome = place === undefined ? full : this.create(place, 'Dynamic');
      // Somebody else was faster: go on with the next (kubernetes/kubernetes#135333).
      if ('error' in outcome && outcome.error === 'ALREADY_ALLOCATED') continue;
      if ('error' in outcome) this.counters.errorsDynamic++;
      return outcome;
    }
  }

  private create(place: bigint, scope: Scope): Outcome {
    this.attempts++;
    if (this.store.storeError !== undefined) {
      this.counters[`errors${scope}`]++;
      return { error: 'STORE_ERROR', message: this.store.storeError };
    }
    const collides = this.collisions > 0;
    if (collides) this.collisions--;
    if (!this.space.take(place) || collides) {
      this.counters[`errors${scope}`]++;
      return this.alreadyTaken(place);
    }
    this.counters[`allocated${scope}`]++;
    return { result: this.range.write(place) };
  }

  private alreadyTaken(place: bigint): Outcome {
    return { error: 'ALREADY_ALLOCATED', message: `\`${this.range.write(place)}\` is taken` };
  }

  /** A step, with all its values and repetitions, is one operation. */
  private rehearsalOf(operation: AllocatorOperation): Rehearsal {
    if (this.rehearsal.of !== operation) this.rehearsal = new Rehearsal(operation);
    return this.rehearsal;
  }

  /** What is not taken is released without a word. */
  private release(place: bigint, dryRun: boolean): Outcome {
    if (!dryRun) this.space.giveBack(place);
    return {};
  }

  private list(): readonly Outcome[] {
    return members(this.taken).map((place) => ({ result: this.range.write(place) }));
  }

  private snapshot(): AllocatorSnapshot {
    const taken = [...rangesOf(this.taken)].map(([first, last]) => `${this.range.write(first)}-${this.range.write(last)}`);
    return { range: this.range.name, taken };
  }

  private restore({ range, taken }: AllocatorSnapshot): Outcome | undefined {
    if (range !== this.range.name) {
      return { error: 'RANGE_MISMATCH', message: `the snapshot is of \`${range}\`, the allocator of \`${this.range.name}\`` };
    }
    const restored = new SparseBitmap();
    let places = 0n;
    for (const text of taken) {
      const [first, last] = text.split('-').map((end) => this.range.read(end));
      if (first === undefined || last === undefined || last < first) return undefined;
      places += last - first + 1n;
      if (places > MOST_RESTORED) return undefined;
      restored.add(first, last);
    }
    this.taken = restored;
    this.space = this.spaceOf();
    return {};
  }
}

/** Places of a snapshot. */
const MOST_RESTORED = 1n << 20n;
/** Above every address and every number. */
const BEYOND = 1n << 129n;

function rangesOf(taken: SparseBitmap): Generator<readonly [first: bigint, last: bigint]> {
  return taken.ranges(0n, BEYOND);
}

function members(taken: SparseBitmap): readonly bigint[] {
  return [...rangesOf(taken)].flatMap(([first, last]) =>
    Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
  );
}

function texts(counters: Readonly<Record<string, number | bigint>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(counters).map(([name, count]) => [name, String(count)]));
}
