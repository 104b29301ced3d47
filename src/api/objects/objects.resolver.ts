import { ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { DiffObjects } from '../../application/objects/diff-objects.js';
import { StoredObjects } from '../../application/objects/stored-objects.js';
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
import { orThrow } from '../http/or-throw.js';
import { storedObjectView, type StoredObjectView, textOrNull } from './stored-object-view.js';

const TEXT = z.string().max(4_096).optional();
const LIST = z.strictObject({
  ...PAGE_ARGUMENTS,
  kind: TEXT,
  group: TEXT,
  namespace: TEXT,
  name: TEXT,
  labelSelector: TEXT,
  fieldSelector: TEXT,
  sort: TEXT,
});
const DIFF = z.strictObject({ ...PAGE_ARGUMENTS, from: TEXT, kind: TEXT, group: TEXT, namespace: TEXT });

/** How GraphQL names one object. */
interface ObjectArguments {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | null;
  readonly group?: string | null;
}

/** Objects as they are stored, their history and their differences, below `Cluster`. */
@Resolver('Cluster')
export class ObjectsResolver {
  constructor(
    private readonly stored: StoredObjects,
    private readonly differences: DiffObjects,
  ) {}

  @ResolveField()
  async objects(at: ClusterAt, args: object): Promise<Connection<StoredObjectView>> {
    const { first, after, ...asked } = readArguments(LIST, args);
    const from = readPinnedCursor(after);
    const revision = from?.revision ?? at.revision;
    const request = { ...asked, limit: first, revision: String(revision), continue: from?.token };
    const page = orThrowInGraphqlWords(await this.stored.list(at.cluster.name, request));
    const nodes = page.items.map((object) => storedObjectView({ ...at, revision: page.revision }, object));
    const cursors = nodes.map((_, index) => pinnedCursor(revision, page.cursorAt(index)));
    return connectionOf(nodes, cursors, { after, hasNextPage: page.continue !== null, remaining: page.remaining });
  }

  @ResolveField()
  async object(at: ClusterAt, args: ObjectArguments): Promise<StoredObjectView> {
    const { object } = orThrow(await this.stored.find(at.cluster.name, nameOf(args), { revision: String(at.revision) }));
    return storedObjectView(at, object);
  }

  @ResolveField()
  async objectHistory(at: ClusterAt, args: ObjectArguments): Promise<readonly object[]> {
    const versions = orThrow(await this.stored.history(at.cluster.name, nameOf(args)));
    return versions.map(({ from, to, body }) => ({ from, to, manifest: JSON.parse(body) as unknown }));
  }

  @ResolveField()
  async diff(at: ClusterAt, args: object): Promise<object> {
    const { first, after, ...asked } = readArguments(DIFF, args);
    const from = readPinnedCursor(after);
    const revision = from?.revision ?? at.revision;
    const request = { ...asked, limit: first, to: String(revision), continue: from?.token };
    const page = orThrowInGraphqlWords(await this.differences.run(at.cluster.name, request));
    const nodes = page.items.map(({ namespace, ...item }) => ({ ...item, namespace: textOrNull(namespace) }));
    const cursors = nodes.map((_, index) => pinnedCursor(revision, page.cursorAt(index)));
    const place = { after, hasNextPage: page.continue !== null, remaining: null };
    return { from: page.from, to: page.to, ...connectionOf(nodes, cursors, place) };
  }
}

function nameOf({ kind, name, namespace, group }: ObjectArguments) {
  return { kind, name, namespace: namespace ?? '', group: group ?? undefined };
}
