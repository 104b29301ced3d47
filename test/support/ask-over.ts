import type { Coordinates } from '../../src/application/clusters/coordinates.js';
import { identityOf } from '../../src/application/imports/object-identity.js';
import { ImportSettings } from '../../src/application/imports/import-settings.js';
import { parseInput } from '../../src/application/input/parse-input.js';
import type { AllocationsAt } from '../../src/application/ipam/allocations-at.js';
import { ModelCache } from '../../src/application/models/model-cache.js';
import { type AskedAt, AskedStates } from '../../src/application/questions/asked-states.js';
import { AskQuestion } from '../../src/application/questions/ask-question.js';
import type { PastStates } from '../../src/application/questions/past-states.js';
import type { Question } from '../../src/application/questions/question.js';
import type { TextFormat } from '../../src/application/questions/text-table.js';
import { ChangeReader } from '../../src/application/what-if/read-changes.js';
import { SupposedModels } from '../../src/application/what-if/supposed-models.js';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { ok } from '../../src/core/kernel/result.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { DEFAULT_MANIFEST_LIMITS } from '../../src/manifests/manifest-limits.js';
import { FakeClusterStore, FakeRevisionStore } from './fake-revision-store.js';
import { TEST_HASHER } from './manifests.js';

type Input = Readonly<Record<string, unknown>>;

/** The use case over a cluster with these objects at revision 1. */
function asking(objects: readonly KubernetesObject[], profile: ProfileSettings) {
  const [clusters, revisions] = [new FakeClusterStore(), new FakeRevisionStore()];
  clusters.cluster = { ...clusters.cluster, latestRevision: 1, profile };
  revisions.stored = objects.map((object) => ({ ...identityOf(object), source: '', body: JSON.stringify(object) }));
  const models = new ModelCache(clusters, revisions, 2 ** 20);
  const changes = new ChangeReader(new ImportSettings(DEFAULT_MANIFEST_LIMITS, TEST_HASHER));
  const supposed = new SupposedModels(models, revisions, changes);
  const allocations = { book: async () => Promise.resolve(ok(new AllocationBook())) } as unknown as AllocationsAt;
  const states = new AskedStates(models, supposed, allocations, {} as Coordinates, {} as PastStates);
  const ask = new AskQuestion(states, allocations, 2 ** 20);
  return { ask, at: { cluster: clusters.cluster, revision: 1 } };
}

function inputOf(question: Question, input: Input) {
  const read = parseInput(question.input, input);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

/** Asks of a cluster with these objects. `until`: as of {@link AskedAt}. */
export function askOver(objects: readonly KubernetesObject[], profile: ProfileSettings = {}, until?: AskedAt['until']) {
  const { ask, at } = asking(objects, profile);
  return async (question: Question, input: Input) => ask.ask(question, { ...at, until }, inputOf(question, input));
}

/** The same as rows of text. */
export function writeOver(objects: readonly KubernetesObject[], profile: ProfileSettings = {}) {
  const { ask, at } = asking(objects, profile);
  return async (question: Question, input: Input, format: TextFormat) => {
    const text = await ask.write(question, at, inputOf(question, { ...input, format }), format);
    if (!text.ok) throw new Error(text.error.message);
    const parts: string[] = [];
    for await (const part of text.value) parts.push(part);
    return parts.join('');
  };
}
