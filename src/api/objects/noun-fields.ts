import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Collection, ItemName } from '../../application/objects/collection.js';
import { ModelLists } from '../../application/objects/model-lists.js';
import type { ClusterAt } from '../graphql/answer-field.js';
import {
  type Connection,
  connectionOf,
  orThrowInGraphqlWords,
  PAGE_ARGUMENTS,
  pinnedCursor,
  readArguments,
  readPinnedCursor,
} from '../graphql/connection.js';
import { type NamedView, type Placed, placed } from '../graphql/placed.js';
import { orThrow } from '../http/or-throw.js';
import { NOUNS, type Noun } from './nouns.js';

const LIST_ARGUMENTS = z.strictObject({
  ...PAGE_ARGUMENTS,
  namespace: z.string().min(1).max(63).optional(),
  labelSelector: z.string().max(4_096).optional(),
  fieldSelector: z.string().max(4_096).optional(),
  sort: z.string().max(253).optional(),
});

/** The fields of `Cluster` that show the nouns of the model: the same lists as REST's. */
@Injectable()
export class NounFields {
  constructor(private readonly lists: ModelLists) {}

  /** A page of a noun. With `after` it is of the revision that the first page was of. */
  async list(type: Noun, at: ClusterAt, args: object): Promise<Connection<Placed>> {
    const { first, after, ...asked } = readArguments(LIST_ARGUMENTS, args);
    const from = readPinnedCursor(after);
    const revision = from?.revision ?? at.revision;
    const request = { ...asked, limit: first, revision: String(revision), continue: from?.token };
    const collection: Collection<unknown, NamedView> = NOUNS[type];
    const page = orThrowInGraphqlWords(await this.lists.list(at.cluster.name, collection, request));
    const place = { ...at, revision: page.revision };
    const nodes = page.items.map((view) => placed(type, place, view));
    const cursors = nodes.map((_, index) => pinnedCursor(revision, page.cursorAt(index)));
    return connectionOf(nodes, cursors, { after, hasNextPage: page.continue !== null, remaining: page.remaining });
  }

  /** One item by its name. Throws the noun's own problem where there is none. */
  async find(type: Noun, at: ClusterAt, name: Partial<ItemName> & { readonly name: string }): Promise<Placed> {
    const collection: Collection<unknown, NamedView> = NOUNS[type];
    const { item } = orThrow(await this.lists.find(at.cluster.name, collection, name, { revision: String(at.revision) }));
    return placed(type, at, item);
  }
}
