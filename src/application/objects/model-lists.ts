import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Coordinate, CoordinateText } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';
import type { Collection, ItemName, SortedRow } from './collection.js';
import { planList, type ListPlan } from './list-plan.js';
import type { ListRequest, Page } from './list-request.js';
import { pageOfRows } from './page-of-rows.js';
import { sortedRows } from './sorted-rows.js';

/** One item, and the revision it was read at. */
export interface FoundItem<V> {
  readonly revision: number;
  readonly item: V;
}

/** The nouns of the model: lists of them, and one by name. */
export class ModelLists {
  constructor(
    private readonly coordinates: Coordinates,
    private readonly models: ModelSource,
  ) {}

  /** A page of a collection. Fails as {@link planList} and the coordinate do, and with `unknown-namespace`. */
  async list<T, V>(cluster: string, collection: Collection<T, V>, request: ListRequest): Promise<Result<Page<V>, Problem>> {
    const newest = await this.coordinates.resolve(cluster);
    if (!newest.ok) return newest;
    const { id, profileVersion } = newest.value.cluster;
    const plan = planList(request, { ...shapeOf(collection), scope: [collection.noun, id, String(profileVersion)] });
    if (!plan.ok) return plan;
    const revision = await this.revisionOf(newest.value, request, plan.value);
    if (!revision.ok) return revision;
    const model = await this.models.modelAt(newest.value.cluster, revision.value);
    if (request.namespace !== undefined && !model.namespaces.has(request.namespace)) return err(unknownNamespace(model, request.namespace));
    const page = pageOfRows(model, collection, plan.value, revision.value);
    return ok({ ...page, items: page.items.map((item) => collection.show(item, model)) });
  }

  /** One item. Fails as the coordinate does, and with the collection's own problem. */
  async find<T, V>(
    cluster: string,
    collection: Collection<T, V>,
    name: Partial<ItemName> & { readonly name: string },
    at: CoordinateText = {},
  ): Promise<Result<FoundItem<V>, Problem>> {
    const place = await this.coordinates.resolve(cluster, at);
    if (!place.ok) return place;
    const { revision } = place.value;
    const model = await this.models.modelAt(place.value.cluster, revision);
    const rows = sortedRows(model, collection, shapeOf(collection).sorts[0]);
    const found = rows.find(({ row }) => isNamed(row, name));
    return found ? ok({ revision, item: collection.show(found.item, model) }) : err(unknownItem(collection, name, rows));
  }

  /** A page is of the revision that the first one was of. */
  private async revisionOf({ cluster }: Coordinate, request: ListRequest, { from }: ListPlan): Promise<Result<number, Problem>> {
    const pinned = from?.revisions[0];
    return pinned === undefined || pinned > cluster.latestRevision ? this.coordinates.revisionOf(cluster, request) : ok(pinned);
  }
}

/** What a collection can be asked: every field selects, and sorts. */
function shapeOf({ scope, fields }: Collection): {
  readonly fields: readonly string[];
  readonly sorts: readonly [string, ...string[]];
} {
  if (scope === 'cluster') return { fields: ['metadata.name', ...fields], sorts: ['name', ...fields] };
  return { fields: ['metadata.name', 'metadata.namespace', ...fields], sorts: ['namespace', 'name', ...fields] };
}

function isNamed(row: ItemName, { kind, namespace = '', name }: Partial<ItemName>): boolean {
  return row.name === name && row.namespace === namespace && (kind === undefined || row.kind.toLowerCase() === kind.toLowerCase());
}

function unknownItem(
  { singular, unknown, scope }: Collection,
  name: Partial<ItemName> & { readonly name: string },
  rows: readonly SortedRow<unknown>[],
): Problem {
  const path = (item: Partial<ItemName>): string =>
    [scope === 'kind' ? item.kind : undefined, item.namespace, item.name].filter((part) => part !== undefined && part !== '').join('/');
  const written = path(name);
  const hint = didYouMeanHint(
    written,
    rows.map(({ row }) => path(row)),
  );
  return problem(unknown, `there is no ${singular} \`${written}\``, hint === undefined ? {} : { hint });
}

function unknownNamespace(model: NetworkModel, namespace: string): Problem {
  const hint = didYouMeanHint(namespace, model.namespaces.keys());
  return problem('unknown-namespace', `there is no namespace \`${namespace}\``, hint === undefined ? {} : { hint });
}
