import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Coordinate } from '../clusters/coordinate.js';
import { ModelSource } from '../clusters/model-source.js';
import type { ItemName } from '../objects/collection.js';
import { type ListPage, pageOfList, type PageRequest } from './page-of-list.js';
import type { Relation } from './relation.js';

/** Whose related items are asked for, and which part of them. */
export interface RelatedRequest extends PageRequest {
  readonly at: Coordinate;
  readonly name: ItemName;
}

/** What the items of one noun lead to, for many of them at once: each model is fetched once, however many there are. */
export class RelatedItems {
  constructor(private readonly models: ModelSource) {}

  /** A page for each request, in the order of the requests. Fails as {@link pageOfList} does. */
  async pages<T, V>(relation: Relation<T, V>, requests: readonly RelatedRequest[]): Promise<readonly Result<ListPage<V>, Problem>[]> {
    const models = new Map<string, Promise<NetworkModel>>();
    for (const { at } of requests) {
      if (!models.has(placeOf(at))) models.set(placeOf(at), this.models.modelAt(at.cluster, at.revision));
    }
    return Promise.all(
      requests.map(async (request) => {
        const model = await models.get(placeOf(request.at));
        return model ? pageOf(relation, model, request) : pageOfList<V>([], () => [], request);
      }),
    );
  }
}

function placeOf({ cluster, revision }: Coordinate): string {
  return `${cluster.id} ${revision} ${cluster.profileVersion}`;
}

function pageOf<T, V>(relation: Relation<T, V>, model: NetworkModel, request: RelatedRequest): Result<ListPage<V>, Problem> {
  const { to } = relation;
  const identify = (item: T): readonly string[] => {
    const { kind, namespace, name } = to.row(item, model);
    return [kind, namespace, name];
  };
  const page = pageOfList(relation.related(request.name, model), identify, request);
  return page.ok ? { ok: true, value: { ...page.value, items: page.value.items.map((item) => to.show(item, model)) } } : page;
}
