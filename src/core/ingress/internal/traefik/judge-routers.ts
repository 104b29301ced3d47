import { inMap } from '../../../kernel/in-map.js';
import type { JudgedRule } from '../dialect.js';
import type { Attempt, Prioritised } from './takers.js';
import { servedText } from './traefik-outcomes.js';

/** How each router fared beside those that take, or may take, the request. */
export function judgeRouters(
  attempts: readonly Attempt<Prioritised>[],
  taking: readonly Attempt<Prioritised>[],
  ofRedirection?: number,
): readonly JudgedRule[] {
  const among = new Taking(taking, ofRedirection);
  return attempts.map((one) => ({ rule: one.router.parts.rule, ...judgeOne(one, among) }));
}

/** Those that take, or may take, a request: thousands where a host has as many routers of one rule. */
class Taking {
  private readonly members: ReadonlySet<Attempt<Prioritised>>;
  /** Of those that match the first two of each rank. */
  private readonly firsts = new Map<string, Attempt<Prioritised>[]>();
  /** Whose priority is told beside that of one that loses. */
  readonly winner: Attempt<Prioritised> | undefined;

  constructor(
    taking: readonly Attempt<Prioritised>[],
    /** The priority of what redirects all that none of them takes; undefined: nothing does. */
    readonly ofRedirection: number | undefined,
  ) {
    this.members = new Set(taking);
    this.winner = taking.find(({ state }) => state === 'match') ?? taking[0];
    for (const one of taking) {
      if (one.state !== 'match') continue;
      const firsts = inMap(this.firsts, rankOf(one), (): Attempt<Prioritised>[] => []);
      if (firsts.length < 2) firsts.push(one);
    }
  }

  get isOpen(): boolean {
    return this.members.size > 1;
  }

  has(one: Attempt<Prioritised>): boolean {
    return this.members.has(one);
  }

  /** Another one that matches and goes neither before nor behind it. */
  rivalOf(one: Attempt<Prioritised>): Attempt<Prioritised> | undefined {
    return this.firsts.get(rankOf(one))?.find((rival) => rival !== one);
  }
}

/** Equal for routers of which neither goes first. */
function rankOf({ router: { priority, precedence } }: Attempt<Prioritised>): string {
  return `${priority} ${precedence}`;
}

function judgeOne(one: Attempt<Prioritised>, taking: Taking): Omit<JudgedRule, 'rule'> {
  const { router, state, reason, key, own, other, message } = one;
  const written = `\`${servedText(router)}\``;
  if (state === 'no-match') return { outcome: 'no-match', reason, key, own, other, message: `${written} does not match: ${message}` };
  if (state === 'excluded') return { outcome: 'excluded', reason, key, own, other, message: `${written} ${message}` };
  if (!taking.has(one)) return lost(one, taking, written);
  if (state === 'unknown') return { outcome: 'possible', reason, key, own, other, message: `${written} may match: ${message}` };
  const priority = String(router.priority);
  const rival = taking.rivalOf(one);
  if (rival) {
    const text = `${written} matches with priority ${priority}, as \`${servedText(rival.router)}\` does: their order is not stable`;
    return { outcome: 'possible', reason: 'PRIORITY_TIE', key: 'tie', own: priority, other: priority, message: text };
  }
  const text = `${written} matches, and of those that do its priority ${priority} is the highest`;
  return { outcome: taking.isOpen ? 'possible' : 'selected', reason: 'RULE_SELECTED', key: null, own: null, other: null, message: text };
}

function lost({ router }: Attempt<Prioritised>, { winner, ofRedirection }: Taking, written: string): Omit<JudgedRule, 'rule'> {
  if (ofRedirection !== undefined) {
    const [lower, higher] = [String(router.priority), String(ofRedirection)];
    const message = `${written} matches, but its entry point redirects with priority ${higher} whatever comes to it, and its own is ${lower}`;
    return { outcome: 'lost', reason: 'LOWER_PRIORITY', key: 'priority', own: lower, other: higher, message };
  }
  const [own, other] = [String(router.priority), winner === undefined ? null : String(winner.router.priority)];
  if (winner?.router.priority === router.priority) {
    const message = `${written} matches with priority ${own} too, but Traefik asks the provider of another router first`;
    return {
      outcome: 'lost',
      reason: 'PROVIDER_LATER',
      key: 'provider',
      own: providerOf(router),
      other: providerOf(winner.router),
      message,
    };
  }
  const message = `${written} matches, but its priority ${own} is lower than ${other ?? 'another'}`;
  return { outcome: 'lost', reason: 'LOWER_PRIORITY', key: 'priority', own, other, message };
}

function providerOf({ parts: { rule } }: Prioritised): string {
  return rule.ingress.ref.kind === 'Ingress' ? 'kubernetes' : 'kubernetescrd';
}
