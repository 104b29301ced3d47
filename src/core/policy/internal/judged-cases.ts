import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import type { Cidr } from '../../net/cidr.js';
import type { IpRange } from '../../net/ip-set.js';
import type { DecidingRule, PolicyCase, PolicyParty } from '../policy-result.js';
import { type ConnectionSet, formatConnections, intersectConnections, noConnections } from './connection-set.js';
import { coveringCidr } from './covering-cidr.js';
import type { FlowGroup } from './flows.js';
import { type ConnectionJudgement, judgeConnectionInSteps, type Share, shareOf } from './judge-connection.js';
import type { DirectionJudgement } from './judge-direction.js';
import type { RuleJudgement } from './judge-layer.js';
import type { PolicyBook } from './policy-book.js';
import type { Member } from './parties.js';
import type { FlowWords } from './flow-words.js';

/** Flows for which the same rules decide, judged once in words for the first of them. */
export interface JudgedCase {
  /** The first of the flows; its judgement stands for all. */
  readonly group: FlowGroup;
  readonly judgement: ConnectionJudgement;
  readonly verdict: Share;
  readonly groups: readonly FlowGroup[];
  readonly pairs: number;
}

/**
 * Judges every flow and puts those together for which the same policies isolate, the same rules admit, and the same was asked for. Yields after each. Undefined:
 * their cases would keep more than `most` judged rules.
 */
export function* judgeAll(book: PolicyBook, flows: readonly FlowGroup[], most: number): Steps<readonly JudgedCase[] | undefined> {
  let rules = 0;
  const cases = new Map<string, { -readonly [K in keyof JudgedCase]: K extends 'groups' ? FlowGroup[] : JudgedCase[K] }>();
  for (const group of flows) {
    yield;
    const judgement = yield* judgeConnectionInSteps(book, group.flow);
    const key = flows.length === 1 ? '' : signatureOf(group, judgement);
    const known = cases.get(key);
    if (known) {
      known.groups.push(group);
      known.pairs += group.pairs;
    } else {
      const verdict = shareOf(judgement.allowed, group.asked);
      cases.set(key, { group, judgement, verdict, groups: [group], pairs: group.pairs });
      rules += rulesIn(judgement.egress) + rulesIn(judgement.ingress);
      if (rules > most && cases.size > 1) return undefined;
    }
  }
  return [...cases.values()];
}

function rulesIn({ layers }: DirectionJudgement): number {
  return layers.reduce((sum, { policies }) => sum + policies.reduce((all, { rules }) => all + rules.length, 0), 0);
}

function signatureOf({ asked, via }: FlowGroup, { egress, ingress, allowed }: ConnectionJudgement): string {
  const side = (judged: DirectionJudgement) => {
    const rules = decidingRules(judged, asked).map(({ policy, pointer }) => `${policy}${pointer}`);
    return [judged.exemption ?? '', ...isolatingPolicies(judged, asked), '|', ...rules].join(' ');
  };
  return [formatConnections(asked), via ?? '', formatConnections(allowed), side(egress), side(ingress)].join('\n');
}

/** The policies that isolate, or whose rules decide over something, as people name them; not those of tiers that nothing of what was asked for reaches. */
export function isolatingPolicies({ layers, allowed }: DirectionJudgement, asked: ConnectionSet): readonly string[] {
  const meetsAsked = (set: ConnectionSet) => !noConnections(intersectConnections(set, asked));
  const reached = layers.filter(({ at, open }) => !at.layer.startsWith('calico') || meetsAsked(open));
  // What is refused has passed the gates before the last one that it reached.
  const last = meetsAsked(allowed) ? undefined : reached.at(-1)?.gate;
  return reached
    .filter(({ gate }) => last === undefined || gate === last)
    .flatMap(({ policies }) =>
      policies
        .filter(
          ({ acting, rules }) => acting.isolates || rules.some((one) => isFinal(one) && (!isFailsafe(one) || meetsAsked(one.decides))),
        )
        .map(({ acting }) => describeRef(acting.policy.ref)),
    );
}

/** Ports that stay open isolate nobody from others. */
function isFailsafe({ rule }: RuleJudgement): boolean {
  return rule.policy.kind === 'FelixConfiguration';
}

function isFinal({ rule, decides }: RuleJudgement): boolean {
  return rule.action !== 'Pass' && !noConnections(decides);
}

/** The rules that decide over something of what was asked for: of ordered ones the first that match, of others all that do. */
export function decidingRules({ layers }: DirectionJudgement, asked: ConnectionSet): readonly DecidingRule[] {
  return layers.flatMap(({ at, open, policies }) => {
    const wanted = intersectConnections(open, asked);
    return policies
      .flatMap(({ rules }) => rules)
      .filter((judged) => isFinal(judged) && !noConnections(intersectConnections(judged.decides, wanted)))
      .map(({ rule }) => {
        const action = rule.action === 'Deny' ? 'Deny' : 'Allow';
        return { policy: describeRef(rule.policy.ref), pointer: rule.pointer, layer: at.layer, action };
      });
  });
}

/** How many names a party lists. */
const MOST_NAMES = 10;

/** One case as the answer shows it. */
export function caseView({ group, judgement, verdict, groups, pairs }: JudgedCase): PolicyCase {
  return {
    from: partyView(groups.flatMap((one) => one.sources)),
    to: partyView(groups.flatMap((one) => one.destinations)),
    service: group.via ?? null,
    asked: formatConnections(group.asked),
    verdict,
    egress: shareOf(judgement.egress.allowed, group.asked),
    ingress: shareOf(judgement.ingress.allowed, group.asked),
    connection: formatConnections(judgement.allowed),
    pairs,
  };
}

function partyView(members: readonly Member[]): PolicyParty {
  const names = namesOf(members);
  return { names: names.first, count: names.count };
}

/** Workloads all of whose pods are meant go by their own name; of others each pod does. A pod with addresses of both families may stand there twice. */
function namesOf(members: readonly Member[]): { readonly first: readonly string[]; readonly count: number } {
  const [only] = members;
  if (only && members.length === 1) return { first: [only.pod && only.siblings === 1 ? only.owner : only.name], count: 1 };
  const distinct = [...new Map(members.map((member) => [member.pod ?? member, member])).values()];
  const whole = new Map<string, number>();
  if (distinct.some(({ pod }) => pod)) for (const { owner, pod } of distinct) if (pod) whole.set(owner, (whole.get(owner) ?? 0) + 1);
  const first = new Set<string>();
  for (const { name, owner, pod, siblings } of distinct) {
    if (first.size === MOST_NAMES) break;
    first.add(pod && whole.get(owner) === siblings ? owner : name);
  }
  return { first: [...first], count: distinct.length };
}

/** The two sides of a case in words, as evidence names them. */
export function wordsOf({ group, groups }: JudgedCase): FlowWords {
  return {
    flow: group.flow,
    source: partyWords(groups.flatMap((one) => one.sources)),
    destination: partyWords(groups.flatMap((one) => one.destinations)),
    asked: group.asked,
    blocks: { source: blockOf(groups, 'source'), destination: blockOf(groups, 'destination') },
  };
}

/** The prefix that an ipBlock would need to hold one side of the case; undefined for pods. */
function blockOf(groups: readonly FlowGroup[], side: 'source' | 'destination'): Cidr | undefined {
  const ranges = groups.flatMap((group): readonly IpRange[] => {
    const { kind, address } = group.flow[side];
    const named = group[`${side}s`].flatMap(({ range }) => range ?? []);
    if (named.length > 0) return named;
    return kind === 'host' && address ? [{ family: address.family, first: address.value, last: address.value }] : [];
  });
  return coveringCidr(ranges);
}

/** `Pod shop/web-0`, `Deployment shop/web` where all of its pods are meant, `Deployment shop/web and others`. */
export function partyWords(members: readonly Member[]): string {
  const { first } = namesOf(members);
  return first.length > 1 ? `${first[0]} and others` : (first[0] ?? 'nobody');
}
