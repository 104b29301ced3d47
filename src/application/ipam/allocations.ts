import { allocateAddress } from '../../core/ipam/allocate-address.js';
import { asksForNode } from '../../core/ipam/allocate-for-node.js';
import type { AllocationRequest } from '../../core/ipam/allocation-decision.js';
import { placeText } from '../../core/ipam/allocation.js';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import { poolNamed, preparePools } from '../../core/ipam/all-pools.js';
import { nearestAllocation } from '../../core/ipam/nearest-allocation.js';
import { renewAddress } from '../../core/ipam/renew-address.js';
import { releaseAddress, type ReleaseRequest, unknownAllocation } from '../../core/ipam/release-address.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { problemBelow } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { inStretches } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { Coordinate, CoordinateText } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';
import { type AllocationRecord, asOf, stateOf } from './allocation-record.js';
import { type AllocationInput, inWordsOf, readAllocation } from './allocation-input.js';
import { type AllocationListing, readListing } from './allocation-listing.js';
import { type AllocationOutcome, AllocationStore, type Decide, type WriteKind } from './allocation-store.js';
import { AllocationsAt } from './allocations-at.js';
import { SharedLook } from './shared-look.js';

/** Most addresses of one request. */
export const MAX_COUNT = 1_000;

/** Requests that belong together: all of them are served, or none. */
export interface AllocationDemand {
  readonly cluster: string;
  readonly pool: string;
  readonly requests: readonly AllocationInput[];
  /** Says what would be handed out. */
  readonly dryRun?: boolean | undefined;
}

/** A page of allocations in the order in which they were made. */
export interface AllocationPage {
  readonly revision: number;
  readonly allocationSequence: number;
  readonly items: readonly AllocationRecord[];
  /** Names the next page; null on the last one. It keeps the sequence, so that pages belong together. */
  readonly continue: string | null;
}

/** Hands out addresses and takes them back. What the newest revision's objects hold is never handed out. */
export class Allocations {
  private readonly looks = new Map<string, SharedLook<Result<NewestState, Problem>>>();

  constructor(
    private readonly coordinates: Coordinates,
    private readonly models: ModelSource,
    private readonly at: AllocationsAt,
    private readonly store: AllocationStore,
  ) {}

  /**
   * Gives the caller what it asks for, one outcome for each request; what it has already, where it asked the same before (`changed` is false then). Fails with `unknown-cluster`,
   * `unknown-revision`, `unknown-pool`, `unknown-node`, `identifier-reused`, `ip-taken`, `pool-exhausted`, `block-limit`, `strict-affinity` and `invalid-request`; the places of a problem are below `/items/<n>`
   * where there are several requests.
   */
  async allocate(
    { cluster, pool, requests, dryRun }: AllocationDemand,
    author: string,
  ): Promise<Result<readonly AllocationOutcome[], Problem>> {
    const read: AllocationRequest[] = [];
    const placed = (index: number, problem: Problem): Problem => (requests.length > 1 ? problemBelow(`/items/${index}`, problem) : problem);
    for (const [index, input] of requests.entries()) {
      const request = readAllocation(pool, input);
      if (!request.ok) return err(placed(index, request.error));
      read.push(request.value);
    }
    const place = await this.newest(cluster);
    if (!place.ok) return place;
    const { model } = place.value;
    const order = namedFirst(read);
    const decide = order.map(([index, request]): Decide => (book, memory) => {
      const decided = allocateAddress(model, book, request, memory);
      return decided.ok ? decided : err(placed(index, inWordsOf(requests[index] ?? {}, decided.error)));
    });
    const remembers = read.some((request) => looksBack(model, request));
    const weight = read.reduce((sum, request) => sum + weightOf(model, request), 0);
    const outcomes = await this.store.write(place.value.cluster, { author, kind: kindOf(read), decide, weight, remembers, dryRun });
    return outcomes.ok ? ok(asAsked(order, outcomes.value)) : outcomes;
  }

  /** Requests that share nothing but the way here: each has its own outcome, and gets fewer than it asks for rather than none. Fail as `allocate` does. */
  async allocateEach({ requests, ...place }: AllocationDemand, author: string): Promise<readonly Result<AllocationOutcome, Problem>[]> {
    return Promise.all(
      requests.map(async (request) => {
        const outcomes = await this.allocate({ ...place, requests: [{ ...request, partial: true }] }, author);
        return outcomes.ok ? ok(outcomes.value[0] ?? NOTHING_CHANGED) : outcomes;
      }),
    );
  }

  /**
   * Takes addresses back. A release that is sent again tells what the first one ended (`changed` is false then). Fails with `unknown-cluster`, `unknown-allocation`,
   * `held-by-another` and `stale-sequence`.
   */
  async release(cluster: string, request: ReleaseRequest, author: string): Promise<Result<AllocationOutcome, Problem>> {
    const found = await this.coordinates.resolve(cluster);
    if (!found.ok) return found;
    const decide: Decide = (book) => {
      const released = releaseAddress(book, { ...request, by: author });
      return released.ok ? ok({ released: released.value }) : released;
    };
    const outcomes = await this.store.write(found.value.cluster, { author, kind: 'givesBack', decide: [decide] });
    if (outcomes.ok) return ok(outcomes.value[0] ?? NOTHING_CHANGED);
    if (outcomes.error.kind !== 'unknown-allocation') return outcomes;
    const before = await this.releasedBefore(found.value.cluster, request);
    if (before.length > 0) return ok({ records: before, changed: false, explanation: null });
    return err(withNearest(outcomes.error, await this.store.book(found.value.cluster), request));
  }

  /**
   * Lets leases begin anew: what has none gets one. A renewal is a change of its own, with a sequence of its own. Fails with `unknown-cluster`, `unknown-allocation`,
   * `held-by-another` and `stale-sequence`.
   */
  async renew(cluster: string, request: ReleaseRequest, ttlSeconds: number, author: string): Promise<Result<AllocationOutcome, Problem>> {
    const found = await this.coordinates.resolve(cluster);
    if (!found.ok) return found;
    const decide: Decide = (book) => {
      const renewed = renewAddress(book, { ...request, by: author }, ttlSeconds);
      return renewed.ok ? ok({ renewed: renewed.value }) : renewed;
    };
    const outcomes = await this.store.write(found.value.cluster, { author, kind: 'givesBack', decide: [decide] });
    if (outcomes.ok) return ok(outcomes.value[0] ?? NOTHING_CHANGED);
    if (outcomes.error.kind !== 'unknown-allocation') return outcomes;
    return err(withNearest(outcomes.error, await this.store.book(found.value.cluster), request));
  }

  /** One live allocation. Fails with `unknown-allocation` and the problems of the coordinate. */
  async find(cluster: string, pool: string, identifier: string, at: CoordinateText): Promise<Result<AllocationRecord, Problem>> {
    const place = await this.coordinates.resolve(cluster, at);
    if (!place.ok) return place;
    const book = await this.at.book(place.value);
    if (!book.ok) return book;
    const { sequence } = book.value;
    const records = async (state?: 'released' | 'cooldown') =>
      this.store.records(place.value.cluster, { pool, identifier, at: { sequence, state } }, { descending: state !== undefined, limit: 1 });
    const [record] = await records();
    if (record) return ok(asOf(record, sequence));
    const [ended] = [...(await records('cooldown')), ...(await records('released'))];
    const unknown = unknownAllocation(pool, identifier);
    return err(ended ? endedBefore(unknown, ended) : withNearest(unknown, book.value, { pool, identifier }));
  }

  /** The allocations of a pool, by default those that live. Fails with `unknown-pool`, `invalid-request` and the problems of the coordinate. */
  async list(cluster: string, at: CoordinateText, listing: AllocationListing): Promise<Result<AllocationPage, Problem>> {
    const place = await this.coordinates.resolve(cluster, at);
    return place.ok ? this.listAt(place.value, listing) : place;
  }

  /** Those of a coordinate. Fails with `unknown-pool` and `invalid-request`. */
  async listAt(place: Coordinate, listing: AllocationListing): Promise<Result<AllocationPage, Problem>> {
    const { revision } = place;
    const { pool, state, limit, continue: token } = listing;
    const filter = readListing(listing);
    if (!filter.ok) return filter;
    const model = await this.models.modelAt(place.cluster, revision);
    const start = startOf(token);
    if (!start) return err(notAToken(token ?? ''));
    const book = await this.at.book(place, start.sequence);
    if (!book.ok) return book;
    const { sequence } = book.value;
    const wanted = { ...filter.value, at: { sequence, state } };
    const found = await this.store.records(place.cluster, wanted, { after: start.after, limit: limit + 1 });
    // Allocations outlive the pool of their name: a changed prefix gives a pool another one.
    if (found.length === 0) {
      await inStretches(preparePools(model));
      const known = poolNamed(model, pool);
      if (!known.ok) return known;
    }
    const items = found.slice(0, limit).map((record) => asOf(record, sequence));
    const last = items.at(-1)?.sequence;
    const next = found.length > limit && last !== undefined ? `${sequence}.${last}` : null;
    return ok({ revision, allocationSequence: sequence, items, continue: next });
  }

  /** The model of the newest revision, looked up once for all who ask at a time. */
  private async newest(cluster: string): Promise<Result<NewestState, Problem>> {
    const look =
      this.looks.get(cluster) ??
      new SharedLook(async () => {
        const place = await this.coordinates.resolve(cluster);
        if (!place.ok) return place;
        const model = await this.models.modelAt(place.value.cluster, place.value.revision);
        await inStretches(preparePools(model));
        return ok({ cluster: place.value.cluster, model });
      });
    this.looks.set(cluster, look);
    try {
      return await look.ask();
    } finally {
      if (look.idle) this.looks.delete(cluster);
    }
  }

  /** What the release that was asked for ended, where it has happened already. */
  private async releasedBefore(cluster: Cluster, { pool, identifier, sequence }: ReleaseRequest): Promise<readonly AllocationRecord[]> {
    const after = sequence === undefined ? undefined : sequence + 1;
    const limit = sequence === undefined ? MAX_COUNT : 1;
    const found = await this.store.records(cluster, { pool, identifier }, { descending: true, after, limit });
    const [newest] = found;
    if (!newest || newest.releasedSequence === null || newest.sequence !== (sequence ?? newest.sequence)) return [];
    // All of one request are made, and given back, at one time.
    return found
      .filter(({ releasedAt, allocatedAt }) => releasedAt === newest.releasedAt && allocatedAt === newest.allocatedAt)
      .toReversed();
  }
}

/** The problem, with the end of what there was. */
function endedBefore(unknown: Problem, ended: AllocationRecord): Problem {
  const end = `${placeText(ended)} ended at ${ended.releasedAt ?? ''}`;
  return { ...unknown, hint: `${end}: send an earlier \`at\`, or ask for the list with \`state=${stateOf(ended)}\`` };
}

/** The problem, with what is nearest to what was asked for. Outside of the decision: it takes a while, and who decides holds others up. */
function withNearest(unknown: Problem, book: AllocationBook, { pool, identifier }: Pick<ReleaseRequest, 'pool' | 'identifier'>): Problem {
  const hint = nearestAllocation(book, pool, identifier);
  return hint === undefined ? unknown : { ...unknown, hint };
}

const NOTHING_CHANGED: AllocationOutcome = { records: [], changed: false, explanation: null };

interface NewestState {
  readonly cluster: Cluster;
  readonly model: NetworkModel;
}

type Placed = readonly [index: number, request: AllocationRequest];

/** Whoever takes any takes none that another request of the batch names. */
function namedFirst(requests: readonly AllocationRequest[]): readonly Placed[] {
  return [...requests.entries()].sort(([, a], [, b]) => Number(isNamed(b)) - Number(isNamed(a)));
}

/** So much of a batch is the search for a node's address, which may look at every block of a pool. */
const WEIGHT_FOR_NODE = 16;

function weightOf(model: NetworkModel, request: AllocationRequest): number {
  return Math.max(request.options?.count ?? 1, asksForNode(model, request) ? WEIGHT_FOR_NODE : 1);
}

/** Whether the choice goes by the past. */
function looksBack(model: NetworkModel, request: AllocationRequest): boolean {
  const strategy = request.options?.strategy;
  return strategy === 'fifo' || strategy === 'roundRobin' || asksForNode(model, request);
}

function isNamed({ address, prefix }: AllocationRequest): boolean {
  return address !== undefined || prefix !== undefined;
}

function kindOf(requests: readonly AllocationRequest[]): WriteKind {
  if (!requests.some(isNamed)) return 'takesAny';
  return requests.every(isNamed) ? 'takesNamed' : 'takesSomeNamed';
}

/** The outcomes in the order of the requests. */
function asAsked(order: readonly Placed[], outcomes: readonly AllocationOutcome[]): readonly AllocationOutcome[] {
  const placed = new Map(order.map(([index], position) => [index, outcomes[position]]));
  return outcomes.flatMap((_, index) => placed.get(index) ?? []);
}

function startOf(token: string | undefined): { readonly sequence?: number; readonly after?: number } | undefined {
  if (token === undefined) return {};
  const [, sequence, after] = /^(\d{1,15})\.(\d{1,15})$/.exec(token) ?? [];
  return sequence === undefined ? undefined : { sequence: Number(sequence), after: Number(after) };
}

function notAToken(token: string): Problem {
  const message = `\`${token.slice(0, 80)}\` names no page`;
  const hint = 'send the `continue` of the page before as it came';
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/continue', code: 'invalid-token', message }] });
}
