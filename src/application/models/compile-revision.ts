import { compileSteps } from '../../core/model/compile-model.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { parseProfileSettings } from '../../core/model/profile-settings.js';
import { ProblemError } from '../../core/kernel/problem.js';
import { inStretches, Pace } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { RevisionStore } from '../clusters/revision-store.js';
import { type ReadRevision, readRevision } from './read-revision.js';

/** A model, what it was made of, and the length of the JSON text of that. */
export interface CompiledRevision extends ReadRevision {
  readonly model: NetworkModel;
  readonly characters: number;
}

/**
 * Reads the objects of a revision and compiles them, resting whenever a stretch is over: however large the cluster, nobody else's question waits longer than
 * one stretch. What another revision of the cluster has been compiled of is taken over where it is the same (ADR 0002).
 */
export async function compileRevision(
  revisions: RevisionStore,
  cluster: Cluster,
  revision: number,
  other?: CompiledRevision,
): Promise<CompiledRevision> {
  const pace = new Pace();
  const read = await readRevision(revisions, cluster, revision, pace, other);
  return compileObjects(cluster, read, pace, other?.model);
}

/** Compiles objects that were read; what another model of the cluster was compiled of is taken over where it is the same. */
export async function compileObjects(cluster: Cluster, read: ReadRevision, pace: Pace, earlier?: NetworkModel): Promise<CompiledRevision> {
  const all = [...read.objects.values()];
  const settings = parseProfileSettings(cluster.profile, '/profile');
  if (!settings.ok) throw new ProblemError(settings.error);
  const steps = compileSteps({
    resources: all.flatMap(({ resource }) => resource ?? []),
    unmodelled: all.flatMap(({ unmodelled }) => unmodelled ?? []),
    settings: settings.value,
    earlier,
  });
  const characters = all.reduce((sum, one) => sum + one.characters, 0);
  return { ...read, model: await inStretches(steps, pace), characters };
}
