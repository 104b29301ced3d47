import type { Cluster } from '../../src/application/clusters/cluster.js';
import type { Revision, RevisionNote, WriteMode } from '../../src/application/clusters/revision.js';
import type { RevisionStore, Written } from '../../src/application/clusters/revision-store.js';
import type { NewObject, ObjectFilter, ObjectWindow, StoredObject } from '../../src/application/clusters/stored-object.js';
import { ClusterMemory } from '../../src/persistence/clusters/cluster-memory.js';
import { ClusterNotices } from '../../src/persistence/clusters/cluster-notices.js';
import { ClusterRepository } from '../../src/persistence/clusters/cluster.repository.js';
import { RevisionRepository } from '../../src/persistence/clusters/revision.repository.js';
import { Database, DatabaseSettings } from '../../src/persistence/database.js';

/** The store of one process, without Nest. */
export interface OpenStore {
  readonly database: Database;
  readonly notices: ClusterNotices;
  readonly clusters: ClusterRepository;
  readonly revisions: RevisionRepository;
  close(): Promise<void>;
}

export function openStore(url: string): OpenStore {
  const settings = new DatabaseSettings(url);
  const database = new Database(settings);
  const notices = new ClusterNotices(settings);
  const memory = new ClusterMemory(notices);
  notices.onModuleInit();
  const close = async () => {
    await notices.onModuleDestroy();
    await database.onModuleDestroy();
  };
  return {
    database,
    notices,
    clusters: new ClusterRepository(database, memory),
    revisions: new RevisionRepository(database, memory, notices),
    close,
  };
}

/** `Pod shop/web a=1`: an object in the notation of the tests: kind, namespace/name, and anything that makes its content differ. */
export function object(line: string): NewObject {
  const [kind = '', path = '', ...content] = line.split(' ');
  const slash = path.indexOf('/');
  const namespace = slash < 0 ? '' : path.slice(0, slash);
  const name = path.slice(slash + 1);
  const metadata = { ...(namespace === '' ? {} : { namespace }), name };
  return { group: '', kind, namespace, name, body: JSON.stringify({ apiVersion: 'v1', kind, metadata, data: content.join(' ') }) };
}

const NOTE: RevisionNote = { author: 'test', message: '', source: undefined, ifMatch: undefined, report: { documents: 1 } };

/** One whole write; a problem fails the test. */
export async function write(
  store: RevisionStore,
  cluster: Cluster,
  mode: Exclude<WriteMode, 'restore'>,
  lines: readonly string[],
  note: Partial<RevisionNote> = {},
): Promise<Written> {
  const writer = await store.begin(cluster);
  await writer.stage(lines.map(object));
  const written = await writer.commit(mode, { ...NOTE, ...note });
  if (!written.ok) throw new Error(written.error.message);
  return written.value;
}

/** The objects at a revision as {@link object} writes them, with `@source` where they have one. */
export async function linesAt(
  store: RevisionStore,
  cluster: Cluster,
  revision: Revision | number,
  filter: ObjectFilter = {},
  window: ObjectWindow = {},
): Promise<string[]> {
  const lines: string[] = [];
  const number = typeof revision === 'number' ? revision : revision.number;
  for await (const batch of store.objectsAt(cluster, number, filter, window)) lines.push(...batch.map(lineOf));
  return lines;
}

function lineOf({ kind, namespace, name, body, source }: StoredObject): string {
  const { data } = JSON.parse(body) as { data: string };
  return [kind, namespace === '' ? name : `${namespace}/${name}`, data, source === '' ? '' : `@${source}`]
    .filter((part) => part !== '')
    .join(' ');
}
