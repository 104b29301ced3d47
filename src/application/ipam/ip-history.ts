import { poolsMeeting, preparePools } from '../../core/ipam/all-pools.js';
import { type OwnerView, ownersIn } from '../../core/ipam/address-owners.js';
import { rangeOf } from '../../core/ipam/held-addresses.js';
import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import { inStretches } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { Coordinate, CoordinateText } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';
import type { Revision } from '../clusters/revision.js';
import { RevisionStore } from '../clusters/revision-store.js';
import { type AllocationRecord, asOf } from './allocation-record.js';
import { AllocationStore } from './allocation-store.js';
import { notAnAddress } from './not-an-address.js';

/** Who had an address in the cluster's objects, for revisions in a row. */
export interface OwnershipSpan {
  readonly fromRevision: number;
  /** The newest of them. */
  readonly toRevision: number;
  /** When the first of them was made, RFC 3339. */
  readonly since: string;
  readonly owners: readonly OwnerView[];
  readonly pools: readonly string[];
}

/** Who had an address, newest first. */
export interface IpHistoryPage {
  readonly revision: number;
  readonly ip: string;
  readonly spans: readonly OwnershipSpan[];
  readonly allocations: readonly AllocationRecord[];
  /** The revision to go on below; null when the first one was looked at. */
  readonly before: number | null;
}

/** Most allocations of one address in an answer. */
const MAX_HISTORY_ALLOCATIONS = 1_000;

/** A page that has taken so long is full: models of old revisions are compiled for it. Milliseconds. */
const ENOUGH_MS = 2_000;

/** What is asked. */
export interface IpHistoryInput {
  readonly ip: string;
  /** How many revisions to look at; fewer where that takes long. */
  readonly limit: number;
  readonly before?: number | undefined;
}

/** Tells who had an address, from revision to revision and from allocation to allocation. */
export class IpHistory {
  constructor(
    private readonly coordinates: Coordinates,
    private readonly revisions: RevisionStore,
    private readonly models: ModelSource,
    private readonly allocations: AllocationStore,
  ) {}

  /** Of a cluster, back from the state that `at` names. Fails with `invalid-request` and the problems of the coordinate. */
  async of(cluster: string, at: CoordinateText, input: IpHistoryInput): Promise<Result<IpHistoryPage, Problem>> {
    const place = await this.coordinates.resolve(cluster, at);
    return place.ok ? this.at(place.value, input) : place;
  }

  /** Back from a coordinate; where it is a time, what came after is no part of the history yet. Fails with `invalid-request`. */
  async at(place: Coordinate, { ip: text, limit, before }: IpHistoryInput): Promise<Result<IpHistoryPage, Problem>> {
    const ip = parseIp(text);
    if (!ip) return err(notAnAddress(text, '/ip'));
    if (place.revision === 0) {
      const nothing = await this.coordinates.revisionOf(place.cluster, {});
      if (!nothing.ok) return nothing;
    }
    const below = Math.min(before ?? Infinity, place.revision + 1);
    const revisions = await this.revisions.revisions(place.cluster, limit, below);
    const spans = await this.spansOf(place, revisions, ip);
    const last = spans.at(-1)?.fromRevision ?? 1;
    return ok({
      revision: place.revision,
      ip: formatIp(ip),
      spans,
      allocations: await this.allocationsOf(place, ip),
      before: last > 1 ? last : null,
    });
  }

  private async allocationsOf({ cluster, time }: Coordinate, ip: Ip): Promise<readonly AllocationRecord[]> {
    const last = time ? await this.allocations.sequenceAt(cluster, time) : Infinity;
    const window = { descending: true, limit: MAX_HISTORY_ALLOCATIONS, ...(last === Infinity ? {} : { after: last + 1 }) };
    const records = await this.allocations.records(cluster, { ip }, window);
    return records.map((record) => asOf(record, last));
  }

  private async spansOf({ cluster }: Coordinate, revisions: readonly Revision[], ip: Ip): Promise<readonly OwnershipSpan[]> {
    const spans: OwnershipSpan[] = [];
    const until = performance.now() + ENOUGH_MS;
    let changedNothing = false; // the revision after the one that is looked at
    for (const revision of revisions) {
      const open = spans.at(-1);
      if (open && !changedNothing && performance.now() > until) break;
      const here = open && changedNothing ? open : await this.ownersAt(cluster, revision.number, ip);
      const since = revision.createdAt.toISOString();
      const goesOn = open && textOf(open) === textOf(here);
      if (goesOn) spans[spans.length - 1] = { ...open, fromRevision: revision.number, since };
      else spans.push({ fromRevision: revision.number, toRevision: revision.number, since, owners: here.owners, pools: here.pools });
      const { added, changed, removed } = revision.statistics;
      changedNothing = added + changed + removed === 0;
    }
    return spans;
  }

  private async ownersAt(cluster: Cluster, revision: number, ip: Ip): Promise<Pick<OwnershipSpan, 'owners' | 'pools'>> {
    const model = await this.models.modelAt(cluster, revision);
    await inStretches(preparePools(model));
    const pools = poolsMeeting(model, rangeOf(ip)).map(({ name }) => name);
    return { owners: ownersIn(model, ip), pools };
  }
}

function textOf({ owners, pools }: Pick<OwnershipSpan, 'owners' | 'pools'>): string {
  return JSON.stringify([owners, pools]);
}
