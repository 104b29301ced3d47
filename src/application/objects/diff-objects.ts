import type { Json } from '../../core/kernel/json.js';
import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { Cluster } from '../clusters/cluster.js';
import { ClusterStore } from '../clusters/cluster-store.js';
import { Coordinates } from '../clusters/coordinates.js';
import type { ObjectChange } from '../clusters/revision.js';
import { RevisionStore } from '../clusters/revision-store.js';
import type { ObjectIdentity } from '../clusters/stored-object.js';
import { unknownCluster } from '../clusters/unknown-cluster.js';
import { type JsonChange, jsonChanges } from './json-changes.js';
import { kindsAt } from './kinds-at.js';
import { knownKind } from './known-kind.js';
import { planList } from './list-plan.js';
import type { ListRequest } from './list-request.js';
import { identityOfKey, objectKey } from './object-key.js';

/** What is compared with what; a revision is a number, `latest`, `previous` or a tag. */
export interface DiffRequest extends Pick<ListRequest, 'limit' | 'continue' | 'kind' | 'namespace' | 'group'> {
  /** The revision before `to` when left out: what that write changed. */
  readonly from?: string | undefined;
  /** The newest when left out. */
  readonly to?: string | undefined;
}

/** One object that the two revisions do not agree on, and where. */
export interface ObjectDifference extends ObjectIdentity {
  readonly change: ObjectChange['change'];
  /** The whole object, at the empty pointer, where it was added or removed. */
  readonly changes: readonly JsonChange[];
}

/** A part of a difference. `from` is 0 where `to` is the first revision and nothing was before it. */
export interface DiffPage {
  readonly from: number;
  readonly to: number;
  readonly items: readonly ObjectDifference[];
  readonly continue: string | null;
  /** What gets the items after the one at a position of `items`. */
  cursorAt(index: number): string;
}

/** What two revisions do not agree on, at the cost of what changed. */
export class DiffObjects {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly coordinates: Coordinates,
    private readonly revisions: RevisionStore,
  ) {}

  /** Fails with `unknown-cluster`, `unknown-revision`, `unknown-tag`, `limit-too-large`, `invalid-request`. */
  async run(cluster: string, request: DiffRequest): Promise<Result<DiffPage, Problem>> {
    const found = await this.clusters.find(cluster);
    if (!found) return err(await unknownCluster(this.clusters, cluster));
    const { from: older, to: newer, ...list } = request;
    const scope = ['diff', found.id, older ?? '', newer ?? ''];
    const plan = planList(list, { scope, fields: ['metadata.namespace'], sorts: ['kind'] });
    if (!plan.ok) return plan;
    const pinned = plan.value.from?.revisions;
    const ends = pinned ? ok(pinned) : await this.ends(found, older, newer);
    if (!ends.ok) return ends;
    const [from = 0, to = 0] = ends.value;
    const { limit } = plan.value;
    const after = plan.value.from && identityOfKey(plan.value.from.after);
    const kind = request.kind === undefined ? ok(undefined) : knownKind(request.kind, await kindsAt(this.revisions, found, [from, to]));
    if (!kind.ok) return kind;
    const filter = { kinds: kind.value === undefined ? undefined : [kind.value], namespace: request.namespace, group: request.group };
    const changes: ObjectChange[] = [];
    for await (const batch of this.revisions.changesBetween(found, from, to, filter, { after, limit: limit + 1 })) changes.push(...batch);
    const items = changes.slice(0, limit).map(differenceOf);
    const { next } = plan.value;
    const cursorAt = (index: number): string => {
      const item = items[index];
      return next({ revisions: [from, to], after: item ? objectKey(item) : [] });
    };
    const more = changes.length > limit && items.length > 0;
    return ok({ from, to, items, continue: more ? cursorAt(items.length - 1) : null, cursorAt });
  }

  private async ends(cluster: Cluster, older: string | undefined, newer: string | undefined): Promise<Result<readonly number[], Problem>> {
    const to = await this.coordinates.revisionOf(cluster, { revision: newer }, 'to');
    if (!to.ok) return to;
    if (older === undefined) return ok([to.value - 1, to.value]);
    const from = await this.coordinates.revisionOf(cluster, { revision: older }, 'from');
    return from.ok ? ok([from.value, to.value]) : from;
  }
}

function differenceOf({ identity, change, before, after }: ObjectChange): ObjectDifference {
  return { change, ...identity, changes: jsonChanges(parsed(before), parsed(after)) };
}

/** What is stored is JSON. */
function parsed(body: string | null): Json | undefined {
  if (body === null) return undefined;
  const object: Json = JSON.parse(body);
  return object;
}
