import { type AllocationRequest, allocateAddress } from '../../core/ipam/allocate-address.js';
import { allPools, unknownPool } from '../../core/ipam/all-pools.js';
import { releaseAddress, type ReleaseRequest, unknownAllocation } from '../../core/ipam/release-address.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { parseIp } from '../../core/net/ip.js';
import type { Cluster } from '../clusters/cluster.js';
import type { CoordinateText } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';
import type { AllocationRecord } from './allocation-record.js';
import { type AllocationOutcome, AllocationStore } from './allocation-store.js';
import { AllocationsAt } from './allocations-at.js';
import { notAnAddress } from './not-an-address.js';

/** What a caller asks for, as it was written. */
export interface AllocationInput {
  readonly cluster: string;
  readonly pool: string;
  readonly identifier: string;
  readonly owner?: string | null | undefined;
  readonly address?: string | undefined;
}

/** Which allocations of a pool to list. */
export interface AllocationListing {
  readonly cluster: string;
  readonly pool: string;
  readonly at: CoordinateText;
  readonly limit: number;
  /** What the page before gave. */
  readonly continue?: string | undefined;
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
  constructor(
    private readonly coordinates: Coordinates,
    private readonly models: ModelSource,
    private readonly at: AllocationsAt,
    private readonly store: AllocationStore,
  ) {}

  /**
   * Gives the caller an address of a pool; the one it has already, where it asked the same before (`changed` is false then). Fails with `unknown-cluster`,
   * `unknown-revision`, `unknown-pool`, `identifier-reused`, `address-taken`, `pool-exhausted` and `invalid-request`.
   */
  async allocate(
    { cluster, pool, identifier, owner, address }: AllocationInput,
    author: string,
  ): Promise<Result<AllocationOutcome, Problem>> {
    const ip = address === undefined ? undefined : parseIp(address);
    if (address !== undefined && !ip) return err(notAnAddress(address, '/address'));
    const place = await this.coordinates.resolve(cluster);
    if (!place.ok) return place;
    const model = await this.models.modelAt(place.value.cluster, place.value.revision);
    const request: AllocationRequest = { pool, identifier, owner: owner ?? null, address: ip };
    return this.store.write(place.value.cluster, author, (book) => allocateAddress(model, book, request));
  }

  /**
   * Takes an address back. A release that is sent again answers as the first one did (`changed` is false then). Fails with `unknown-cluster`, `unknown-allocation` and
   * `stale-sequence`.
   */
  async release(cluster: string, request: ReleaseRequest, author: string): Promise<Result<AllocationOutcome, Problem>> {
    const found = await this.coordinates.resolve(cluster);
    if (!found.ok) return found;
    const outcome = await this.store.write(found.value.cluster, author, (book) => {
      const released = releaseAddress(book, request);
      return released.ok ? ok({ type: 'release', allocation: released.value }) : released;
    });
    if (outcome.ok || outcome.error.kind !== 'unknown-allocation') return outcome;
    const before = await this.releasedBefore(found.value.cluster, request);
    return before ? ok({ record: before, changed: false }) : outcome;
  }

  /** One live allocation. Fails with `unknown-allocation` and the problems of the coordinate. */
  async find(cluster: string, pool: string, identifier: string, at: CoordinateText): Promise<Result<AllocationRecord, Problem>> {
    const place = await this.coordinates.resolve(cluster, at);
    if (!place.ok) return place;
    const book = await this.at.book(place.value);
    if (!book.ok) return book;
    const filter = { pool, identifier, liveAt: book.value.sequence };
    const [record] = await this.store.records(place.value.cluster, filter, { limit: 1 });
    return record ? ok(record) : err(unknownAllocation(book.value, pool, identifier));
  }

  /** The live allocations of a pool. Fails with `unknown-pool`, `invalid-request` and the problems of the coordinate. */
  async list({ cluster, pool, at, limit, continue: token }: AllocationListing): Promise<Result<AllocationPage, Problem>> {
    const place = await this.coordinates.resolve(cluster, at);
    if (!place.ok) return place;
    const { revision } = place.value;
    const names = allPools(await this.models.modelAt(place.value.cluster, revision)).map(({ name }) => name);
    const start = startOf(token);
    if (!start) return err(notAToken(token ?? ''));
    const book = await this.at.book(place.value, start.sequence);
    if (!book.ok) return book;
    const { sequence } = book.value;
    const found = await this.store.records(place.value.cluster, { pool, liveAt: sequence }, { after: start.after, limit: limit + 1 });
    // Allocations outlive the pool of their name: a changed prefix gives a pool another one.
    if (found.length === 0 && !names.includes(pool)) return err(unknownPool(pool, names));
    const items = found.slice(0, limit);
    const last = items.at(-1)?.sequence;
    const next = found.length > limit && last !== undefined ? `${sequence}.${last}` : null;
    return ok({ revision, allocationSequence: sequence, items, continue: next });
  }

  /** The release that was asked for, where it has happened already. */
  private async releasedBefore(cluster: Cluster, { pool, identifier, sequence }: ReleaseRequest): Promise<AllocationRecord | undefined> {
    const after = sequence === undefined ? undefined : sequence + 1;
    const [record] = await this.store.records(cluster, { pool, identifier }, { descending: true, after, limit: 1 });
    return record && record.releasedSequence !== null && record.sequence === (sequence ?? record.sequence) ? record : undefined;
  }
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
