import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { inStretches } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import { ChangeReader } from '../what-if/read-changes.js';
import { ClusterStore } from '../clusters/cluster-store.js';
import { unknownCluster } from '../clusters/unknown-cluster.js';
import type { Expected } from '../input/expected.js';
import { planList } from '../objects/list-plan.js';
import type { ListRequest } from '../objects/list-request.js';
import type { Assertion, AssertionSummary } from './assertion.js';
import { AssertionStore, type AssertionWrite, type AssertionWritten } from './assertion-store.js';
import { checkAssertion } from './checked-assertion.js';
import { refuseSecrets } from './refuse-secrets.js';

/** A part of the assertions of a cluster. */
export interface AssertionPage {
  readonly items: readonly AssertionSummary[];
  /** What gets the next page; null: this is the last. */
  readonly continue: string | null;
  readonly remaining: number;
}

/** Keeps the assertions of clusters. They are of no revision. */
export class Assertions {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly store: AssertionStore,
    private readonly changes: ChangeReader,
  ) {}

  /** All of a cluster, by name. Fails with `unknown-cluster`. */
  async list(cluster: string): Promise<Result<readonly AssertionSummary[], Problem>> {
    const found = await this.clusterNamed(cluster);
    return found.ok ? ok(await this.store.list(found.value)) : found;
  }

  /** The same of a cluster that was found before: one that was deleted meanwhile is `unknown-cluster`, even if another has its name now. */
  async listIn(cluster: Cluster): Promise<Result<readonly AssertionSummary[], Problem>> {
    const all = await this.store.list(cluster);
    return all.length > 0 || (await this.isThere(cluster)) ? ok(all) : err(goneCluster(cluster));
  }

  /** A part of that list. Fails with `limit-too-large`, `invalid-request` and `unknown-cluster`. */
  async page(cluster: string, request: Pick<ListRequest, 'limit' | 'continue'>): Promise<Result<AssertionPage, Problem>> {
    const found = await this.clusterNamed(cluster);
    if (!found.ok) return found;
    const plan = planList(request, { scope: ['assertions', found.value.id], fields: [], sorts: ['name'] });
    if (!plan.ok) return plan;
    const { limit, from, next } = plan.value;
    const all = await this.store.list(found.value);
    const rest = all.filter(({ name }) => name > (from?.after[0] ?? ''));
    const items = rest.slice(0, limit);
    const remaining = rest.length - items.length;
    const token = remaining > 0 ? next({ revisions: [], after: [items.at(-1)?.name ?? ''] }) : null;
    return ok({ items, continue: token, remaining });
  }

  /** Fails with `unknown-cluster` and `unknown-assertion`. */
  async find(cluster: string, name: string): Promise<Result<Assertion, Problem>> {
    const found = await this.clusterNamed(cluster);
    return found.ok ? this.findIn(found.value, name) : found;
  }

  /** The same of a cluster that was found before, as {@link listIn}. */
  async findIn(cluster: Cluster, name: string): Promise<Result<Assertion, Problem>> {
    const assertion = await this.store.find(cluster, name);
    if (assertion) return ok(assertion);
    return err((await this.isThere(cluster)) ? await this.unknown(cluster, name) : goneCluster(cluster));
  }

  /**
   * Creates or replaces an assertion; the same again changes nothing. Fails with `unknown-cluster`, `precondition-failed`, `unknown-question` and `invalid-request`.
   */
  async save(cluster: string, write: AssertionWrite): Promise<Result<AssertionWritten, Problem>> {
    const found = await this.clusterNamed(cluster);
    if (!found.ok) return found;
    const checked = await inStretches(checkAssertion(write.content));
    if (!checked.ok) return checked;
    const open = await refuseSecrets(checked.value, write.content, this.changes);
    return open.ok ? this.store.write(found.value, write) : open;
  }

  /** Fails with `unknown-cluster`, `unknown-assertion` and `precondition-failed`. */
  async delete(cluster: string, name: string, ifMatch?: Expected<Assertion>): Promise<Result<undefined, Problem>> {
    const found = await this.clusterNamed(cluster);
    if (!found.ok) return found;
    const deleted = await this.store.delete(found.value, name, ifMatch);
    if (!deleted.ok) return deleted;
    return deleted.value ? ok(undefined) : err(await this.unknown(found.value, name));
  }

  /** Fails with `unknown-cluster`. */
  async clusterNamed(name: string): Promise<Result<Cluster, Problem>> {
    const cluster = await this.clusters.find(name);
    return cluster ? ok(cluster) : err(await unknownCluster(this.clusters, name));
  }

  private async isThere({ id, name }: Cluster): Promise<boolean> {
    return (await this.clusters.find(name))?.id === id;
  }

  private async unknown(cluster: Cluster, name: string): Promise<Problem> {
    const names = (await this.store.list(cluster)).map((one) => one.name);
    const hint = didYouMeanHint(name, names) ?? (names.length === 0 ? 'it has none' : `it has ${names.slice(0, 20).join(', ')}`);
    return problem('unknown-assertion', `cluster \`${cluster.name}\` has no assertion \`${name}\``, { hint });
  }
}

function goneCluster({ name }: Cluster): Problem {
  return problem('unknown-cluster', `cluster \`${name}\` was deleted meanwhile`);
}
