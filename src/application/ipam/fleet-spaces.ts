import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type FleetPlane, type FleetWish, grantRanges, spaceUse, type FleetSpaceUse } from '../../core/ipam/fleet-space.js';
import type { Note } from '../../core/kernel/answer.js';
import { firstFew } from '../../core/kernel/first-few.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { type Cidr, cidrsOverlap, formatCidr, parseCidr } from '../../core/net/cidr.js';
import { familyBits, type IpFamily, parseIp } from '../../core/net/ip.js';
import { type IpRange, rangeOfCidr } from '../../core/net/ip-set.js';
import { maySee, type Principal } from '../access/principal.js';
import { FleetPools } from './fleet-pools.js';
import { type FleetRangeRecord, type FleetSpaceContent, FleetSpaceStore, type FleetTaken } from './fleet-space-store.js';

/** What a client says of a new space. */
export interface FleetSpaceDraft {
  readonly name: string;
  readonly description?: string | undefined;
  readonly prefixes: readonly string[];
}

/** What a cluster asks for of a space: a prefix of a length, or the one that is named. */
export interface FleetWishText {
  readonly plane: FleetPlane;
  readonly family?: IpFamily | undefined;
  readonly prefixLength?: number | undefined;
  readonly prefix?: string | undefined;
}

/** A space with its use, as one caller may see it. */
export interface FleetSpaceView {
  readonly content: FleetSpaceContent;
  readonly use: readonly FleetSpaceUse[];
  /** Ranges of clusters that the caller may not see; their addresses count as taken. */
  readonly hidden: number;
}

/** What is given, or would be. */
export interface FleetGiven {
  readonly ranges: readonly (Omit<FleetRangeRecord, 'takenAt' | 'takenBy'> & Partial<FleetRangeRecord>)[];
  readonly changed: boolean;
  /** Which of them other clusters use: a prefix by name is given all the same. */
  readonly warnings: readonly Note[];
}

/** What a cluster may be called; a range under another name could never be a cluster's. */
const CLUSTER_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Stands for a cluster that the caller may not see; no cluster is called so. */
const HIDDEN = 'another cluster';

/** Address spaces above clusters, out of which clusters take ranges that meet no others. */
export class FleetSpaces {
  constructor(
    private readonly store: FleetSpaceStore,
    private readonly pools: FleetPools,
  ) {}

  /** Fails with `space-exists` and `invalid-request`. */
  async create({ name, description, prefixes: texts }: FleetSpaceDraft, author: string): Promise<Result<FleetSpaceView, Problem>> {
    const prefixes: Cidr[] = [];
    for (const [index, text] of texts.entries()) {
      const prefix = prefixIn(text, `/prefixes/${index}`);
      if (!prefix.ok) return prefix;
      const other = prefixes.find((one) => cidrsOverlap(one, prefix.value));
      if (other) return err(invalid(`/prefixes/${index}`, `${formatCidr(prefix.value)} meets ${formatCidr(other)} of the same space`));
      prefixes.push(prefix.value);
    }
    const space = await this.store.create({ name, description: description ?? null, prefixes, createdBy: author });
    return space.ok ? ok({ content: { space: space.value, ranges: [] }, use: spaceUse(prefixes, []), hidden: 0 }) : space;
  }

  /** Every space, with the ranges of the clusters that the principal may see. */
  async list(principal: Principal): Promise<readonly FleetSpaceView[]> {
    return (await this.store.list()).map((content) => seenBy(principal, content));
  }

  /** Fails with `unknown-space`. */
  async find(name: string, principal: Principal): Promise<Result<FleetSpaceView, Problem>> {
    const content = await this.store.find(name);
    return content ? ok(seenBy(principal, content)) : err(await this.unknown(name));
  }

  /** Fails with `unknown-space` and `space-in-use`. */
  async delete(name: string): Promise<Result<void, Problem>> {
    const deleted = await this.store.delete(name);
    return deleted.ok || deleted.error.kind !== 'unknown-space' ? deleted : err(await this.unknown(name));
  }

  /**
   * Gives a cluster ranges: all that are asked for or none, and the same again for the same request. They meet no range of the space, and nothing that other clusters use. With
   * `dryRun` nothing is written. Fails with `unknown-space`, `pool-exhausted`, `ip-taken`, `identifier-reused` and `invalid-request`.
   */
  async take(
    name: string,
    cluster: string,
    texts: readonly FleetWishText[],
    { principal, dryRun }: { readonly principal: Principal; readonly dryRun: boolean },
  ): Promise<Result<FleetGiven, Problem>> {
    if (!CLUSTER_NAME.test(cluster)) {
      return err(
        invalid('/cluster', `\`${cluster.slice(0, 80)}\` names no cluster: a name is at most 63 lower-case letters, digits and \`-\``),
      );
    }
    const wishes = wishesOf(texts);
    if (!wishes.ok) return wishes;
    const beside = await this.usedBeside(cluster, principal);
    if (!beside.ok) return beside;
    const avoid = beside.value.map(({ range }) => range);
    const decide = ({ space, ranges }: FleetSpaceContent) => {
      const taken = ranges.map((range) => (maySee(principal, range.cluster) ? range : { ...range, cluster: HIDDEN }));
      return grantRanges({ name, prefixes: space.prefixes, taken, avoid }, cluster, wishes.value);
    };
    if (!dryRun) {
      const taken: Result<FleetTaken, Problem> = await this.store.take(name, principal.name, decide);
      if (taken.ok) return ok({ ...taken.value, warnings: warningsOf(taken.value.ranges, beside.value) });
      return taken.error.kind === 'unknown-space' ? err(await this.unknown(name)) : taken;
    }
    const content = await this.store.find(name);
    if (!content) return err(await this.unknown(name));
    const grant = decide(content);
    if (!grant.ok) return grant;
    const { kept, given } = grant.value;
    const ranges = [...kept, ...given].map((range) => ({ ...range, space: name }));
    return ok({ ranges, changed: given.length > 0, warnings: warningsOf(ranges, beside.value) });
  }

  /** Takes ranges back; none where the cluster has none. Fails with `unknown-space`. */
  async release(
    name: string,
    cluster: string,
    plane: FleetPlane | undefined,
    author: string,
  ): Promise<Result<readonly FleetRangeRecord[], Problem>> {
    const released = await this.store.release(name, cluster, plane, author);
    return released.ok || released.error.kind !== 'unknown-space' ? released : err(await this.unknown(name));
  }

  /** What the other clusters use by their newest revisions, whether they have it of a space or not. Guesses are left out. */
  private async usedBeside(cluster: string, principal: Principal): Promise<Result<readonly UsedRange[], Problem>> {
    const others = await this.pools.of((name) => name !== cluster);
    if (!others.ok) return others;
    return ok(
      others.value.flatMap(({ name, pools }) =>
        pools
          .filter(({ provenance }) => provenance !== 'assumed')
          .flatMap((pool) => {
            const holder = maySee(principal, name) ? `\`${pool.name}\` of \`${name}\`` : HIDDEN;
            return pool.span.map((range) => ({ range, holder }));
          }),
      ),
    );
  }

  private async unknown(name: string): Promise<Problem> {
    const names = (await this.store.list()).map(({ space }) => space.name);
    const hint = didYouMeanHint(name, names) ?? (names.length === 0 ? 'there are none' : `the spaces are ${names.slice(0, 20).join(', ')}`);
    return problem('unknown-space', `there is no space \`${name}\``, { hint });
  }
}

/** A range that a cluster uses, and whose it is in words. */
interface UsedRange {
  readonly range: IpRange;
  readonly holder: string;
}

/** Holders that a warning names. */
const MOST_HOLDERS = 5;

function warningsOf(ranges: readonly { readonly prefix: Cidr }[], used: readonly UsedRange[]): readonly Note[] {
  return ranges.flatMap(({ prefix }): readonly Note[] => {
    const { family, first, last } = rangeOfCidr(prefix);
    const holders = [
      ...new Set(
        used.flatMap(({ range, holder }) => (range.family === family && range.first <= last && first <= range.last ? [holder] : [])),
      ),
    ];
    if (holders.length === 0) return [];
    return [
      {
        code: 'RANGE_IN_USE',
        message: `${formatCidr(prefix)} meets what is used already: ${firstFew(holders, MOST_HOLDERS)}`,
      },
    ];
  });
}

function seenBy(principal: Principal, { space, ranges }: FleetSpaceContent): FleetSpaceView {
  const seen = ranges.filter(({ cluster }) => maySee(principal, cluster));
  return { content: { space, ranges: seen }, use: spaceUse(space.prefixes, ranges), hidden: ranges.length - seen.length };
}

function prefixIn(text: string, pointer: string): Result<Cidr, Problem> {
  const prefix = parseCidr(text);
  if (!prefix) return err(invalid(pointer, `\`${text}\` is no prefix such as \`10.0.0.0/8\``));
  if (parseIp(text.slice(0, text.indexOf('/')))?.value === prefix.base) return ok(prefix);
  return err(invalid(pointer, `\`${text}\` has host bits set: the prefix is \`${formatCidr(prefix)}\``));
}

function wishesOf(texts: readonly FleetWishText[]): Result<readonly FleetWish[], Problem> {
  const wishes: FleetWish[] = [];
  for (const [index, { plane, family, prefixLength, prefix: text }] of texts.entries()) {
    const at = `/ranges/${index}`;
    if ((text === undefined) === (prefixLength === undefined))
      return err(invalid(at, 'a range is asked for by `prefixLength` or by `prefix`'));
    if (text !== undefined) {
      const prefix = prefixIn(text, `${at}/prefix`);
      if (!prefix.ok) return prefix;
      const own = prefix.value.family;
      if (family !== undefined && family !== own)
        return err(invalid(`${at}/family`, `${formatCidr(prefix.value)} is IPv${own}, and IPv${family} is asked for`));
      wishes.push({ plane, family: own, prefixLength: prefix.value.prefix, prefix: prefix.value });
      continue;
    }
    const wanted: IpFamily = family ?? 4;
    const length = prefixLength ?? 0;
    if (length > familyBits(wanted))
      return err(invalid(`${at}/prefixLength`, `a prefix of IPv${wanted} has a length of ${familyBits(wanted)} at most, got ${length}`));
    wishes.push({ plane, family: wanted, prefixLength: length });
  }
  return ok(wishes);
}

function invalid(pointer: string, message: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-value', message }] });
}
