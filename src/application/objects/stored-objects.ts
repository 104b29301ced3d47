import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { selectorMatches } from '../../core/resources/label-selector.js';
import type { Cluster } from '../clusters/cluster.js';
import type { CoordinateText } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { type ObjectVersion, RevisionStore } from '../clusters/revision-store.js';
import type { ObjectFilter, ObjectIdentity, ObjectOrder, StoredObject } from '../clusters/stored-object.js';
import { collectObjects } from './collect-objects.js';
import { fieldsMatch } from './field-selector.js';
import { kindsAt } from './kinds-at.js';
import { knownKind } from './known-kind.js';
import { planList, type ListPlan } from './list-plan.js';
import type { ListRequest, Page } from './list-request.js';
import { identityOfKey, objectKey } from './object-key.js';
import { missingNamespace } from './missing-namespace.js';
import { objectLabels } from './object-labels.js';

const FIELDS = ['metadata.name', 'metadata.namespace'] as const;
const ORDERS: readonly [ObjectOrder, ...ObjectOrder[]] = ['kind', 'namespace', 'name'];
/** How many names are looked through for the nearest one. */
const MAX_CANDIDATES = 1_000;

/** What names one object. `group` is needed only where two groups have objects of the kind. */
export interface ObjectName {
  readonly kind: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly group?: string | undefined;
}

/** Objects as they are stored, at any revision. */
export class StoredObjects {
  constructor(
    private readonly coordinates: Coordinates,
    private readonly revisions: RevisionStore,
  ) {}

  /** A page of the stored objects. Fails as {@link planList} and the coordinate do, and with `invalid-request` and `unknown-namespace`. */
  async list(cluster: string, request: ListRequest): Promise<Result<Page<StoredObject>, Problem>> {
    const newest = await this.coordinates.resolve(cluster);
    if (!newest.ok) return newest;
    const known = newest.value.cluster;
    const plan = planList(request, { scope: ['objects', known.id], fields: FIELDS, sorts: ORDERS });
    if (!plan.ok) return plan;
    const pinned = plan.value.from?.revisions[0];
    const revision = pinned === undefined || pinned > known.latestRevision ? await this.coordinates.revisionOf(known, request) : ok(pinned);
    if (!revision.ok) return revision;
    const filter = await this.filterOf(known, revision.value, request);
    if (!filter.ok) return filter;
    const page = await this.read(known, revision.value, filter.value, plan.value);
    if (page.items.length > 0 || request.namespace === undefined || request.namespace === '') return ok(page);
    const problem = await missingNamespace(this.revisions, known, revision.value, request.namespace);
    return problem ? err(problem) : ok(page);
  }

  /** One object. Fails as the coordinate does, and with `unknown-object` and `invalid-request`. */
  async find(
    cluster: string,
    name: ObjectName,
    at: CoordinateText = {},
  ): Promise<Result<{ readonly revision: number; readonly object: StoredObject }, Problem>> {
    const place = await this.coordinates.resolve(cluster, at);
    if (!place.ok) return place;
    const { cluster: found, revision } = place.value;
    const kind = knownKind(name.kind, await kindsAt(this.revisions, found, [revision]));
    if (!kind.ok) return kind;
    const named = { ...name, kind: kind.value };
    const objects = await collectObjects(this.revisions, found, revision, filterBy(named));
    const [object, other] = objects;
    if (!object) return err(await this.unknownObject(found, revision, named));
    return other ? err(ambiguous(named, objects)) : ok({ revision, object });
  }

  /** Every version of an object, oldest first. Fails with `unknown-cluster`, `unknown-object` and `invalid-request`. */
  async history(cluster: string, name: ObjectName): Promise<Result<readonly (ObjectVersion & { readonly group: string })[], Problem>> {
    const newest = await this.coordinates.resolve(cluster);
    if (!newest.ok) return newest;
    const { cluster: found, revision } = newest.value;
    const kind = knownKind(name.kind, await kindsAt(this.revisions, found, [revision]));
    if (!kind.ok) return kind;
    const named = { ...name, kind: kind.value };
    for (const group of await this.groupsOf(found, revision, named)) {
      const versions = await this.revisions.history(found, { ...named, group });
      if (versions.length > 0) return ok(versions.map((version) => ({ ...version, group })));
    }
    return err(await this.unknownObject(found, revision, named));
  }

  private async filterOf(cluster: Cluster, revision: number, request: ListRequest): Promise<Result<ObjectFilter, Problem>> {
    const { kind: written, group, namespace, name } = request;
    if (written === undefined) return ok({ group, namespace, name });
    const kind = knownKind(written, await kindsAt(this.revisions, cluster, [revision]));
    return kind.ok ? ok({ group, namespace, name, kinds: [kind.value] }) : kind;
  }

  /** The groups that an object of the kind may be in: the one that is named, those that have such objects now, the core group. */
  private async groupsOf(cluster: Cluster, revision: number, { kind, group }: ObjectName): Promise<readonly string[]> {
    if (group !== undefined) return [group];
    const now = (await kindsAt(this.revisions, cluster, [revision])).filter((count) => count.kind === kind).map((count) => count.group);
    return [...new Set([...now, '', ...GROUPS_OF_OLD])];
  }

  private async read(cluster: Cluster, revision: number, filter: ObjectFilter, plan: ListPlan): Promise<Page<StoredObject>> {
    const { limit, labels, fields, sort, descending, from } = plan;
    const order = ORDERS.find((one) => one === sort) ?? 'kind';
    const selects = labels.requirements.length > 0 || fields.some(({ equals }) => !equals) || fields.length > pushedDown(filter);
    const isAsked = (object: StoredObject): boolean =>
      fieldsMatch(fields, (field) => (field === 'metadata.name' ? object.name : object.namespace)) &&
      (labels.requirements.length === 0 || selectorMatches(labels, objectLabels(object.body)));
    // One more than the page holds tells whether there are more. What is selected by content is read until the page is full.
    const window = { order, descending, after: from && identityOfKey(from.after), limit: selects ? undefined : limit + 1 };
    const shown: StoredObject[] = [];
    for await (const batch of this.revisions.objectsAt(cluster, revision, filter, window)) {
      for (const object of batch) if (shown.length <= limit && isAsked(object)) shown.push(object);
      if (shown.length > limit && selects) break;
    }
    const items = shown.slice(0, limit);
    const cursorAt = (index: number): string => {
      const object = items[index];
      return plan.next({ revisions: [revision], after: object ? objectKey(object) : [] });
    };
    const token = shown.length > limit && items.length > 0 ? cursorAt(items.length - 1) : null;
    return { revision, items, continue: token, remaining: token === null ? 0 : null, cursorAt };
  }

  private async unknownObject(cluster: Cluster, revision: number, { kind, namespace, name }: ObjectName): Promise<Problem> {
    const others = await collectObjects(this.revisions, cluster, revision, { kinds: [kind] }, MAX_CANDIDATES);
    const written = pathOf({ namespace, name });
    const hint = didYouMeanHint(written, others.map(pathOf));
    const message = `revision ${revision} has no ${kind} \`${written}\``;
    return problem('unknown-object', message, hint === undefined ? {} : { hint });
  }
}

/** Where kinds that are gone from the newest revision were, for their history. */
const GROUPS_OF_OLD = ['apps', 'batch', 'networking.k8s.io', 'discovery.k8s.io'] as const;

function filterBy({ kind, namespace, name, group }: ObjectName): ObjectFilter {
  return { kinds: [kind], namespace, name, group };
}

/** How many conditions on fields the filter says already. */
function pushedDown({ namespace, name }: ObjectFilter): number {
  return [namespace, name].filter((value) => value !== undefined).length;
}

function pathOf({ namespace, name }: Pick<ObjectIdentity, 'namespace' | 'name'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

function ambiguous({ kind, namespace, name }: ObjectName, objects: readonly StoredObject[]): Problem {
  const groups = objects.map(({ group }) => `\`${group}\``).join(', ');
  const message = `there are ${objects.length} objects ${kind} \`${pathOf({ namespace, name })}\``;
  const hint = `name its API group with \`group\`: ${groups}`;
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/group', code: 'ambiguous', message, hint }] });
}
