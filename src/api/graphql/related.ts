import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { ListPage } from '../../application/relations/page-of-list.js';
import { RelatedItems, type RelatedRequest } from '../../application/relations/related-items.js';
import type { Relation } from '../../application/relations/relation.js';
import { ProblemError } from '../../core/kernel/problem.js';
import type { GraphqlContext } from '../http/caller.js';
import { type Connection, connectionOf, PAGE_ARGUMENTS, readArguments } from './connection.js';
import { itemNameOf, type NamedView, type Placed, placed } from './placed.js';

const PAGE = z.strictObject(PAGE_ARGUMENTS);

type Loader = DataLoader<RelatedRequest, ListPage<NamedView>, string>;

/** A relation whatever its items are, and the GraphQL type it leads to. */
type Lead = readonly [type: string, relation: Relation<unknown, NamedView>];

/**
 * The fields that lead from one noun to others. Each relation has one loader in an operation, keyed by revision, name and page: however many items ask, the use case is called once, and
 * the number of SQL statements does not grow with them.
 */
@Injectable()
export class Related {
  private readonly loaders = new WeakMap<GraphqlContext, Map<string, Loader>>();

  constructor(private readonly items: RelatedItems) {}

  /** A page of what an item leads to. Throws `limit-too-large` and `invalid-request`. */
  async many([type, relation]: Lead, source: Placed, args: object, context: GraphqlContext): Promise<Connection<Placed>> {
    const { first, after } = readArguments(PAGE, args);
    const page = await this.load(relation, { at: source.at, name: itemNameOf(source), first, after }, context);
    const nodes = page.items.map((view) => placed(type, source.at, view));
    return connectionOf(nodes, page.cursors, { after, hasNextPage: page.remaining > 0, remaining: page.remaining });
  }

  /** The one thing that an item leads to; null where there is none. */
  async one([type, relation]: Lead, source: Placed, context: GraphqlContext): Promise<Placed | null> {
    const { items } = await this.load(relation, { at: source.at, name: itemNameOf(source), first: 1 }, context);
    return items[0] === undefined ? null : placed(type, source.at, items[0]);
  }

  private async load(relation: Lead[1], request: RelatedRequest, context: GraphqlContext): Promise<ListPage<NamedView>> {
    const ofOperation = this.loaders.get(context) ?? new Map<string, Loader>();
    this.loaders.set(context, ofOperation);
    const loader = ofOperation.get(relation.name) ?? this.loaderOf(relation);
    ofOperation.set(relation.name, loader);
    return loader.load(request);
  }

  private loaderOf(relation: Lead[1]): Loader {
    return new DataLoader<RelatedRequest, ListPage<NamedView>, string>(
      async (requests) => {
        const pages = await this.items.pages(relation, requests);
        return pages.map((page) => (page.ok ? page.value : new ProblemError(page.error)));
      },
      { cacheKeyFn: keyOf },
    );
  }
}

function keyOf({ at: { cluster, revision }, name: { kind, namespace, name }, first, after }: RelatedRequest): string {
  return JSON.stringify([cluster.id, revision, kind, namespace, name, first, after]);
}
