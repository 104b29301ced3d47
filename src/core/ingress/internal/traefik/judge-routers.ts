import type { JudgedRule } from '../dialect.js';
import { type Attempt, compareRouters, type Prioritised } from './takers.js';
import { servedText } from './traefik-outcomes.js';

/** How each router fared beside those that take, or may take, the request. */
export function judgeRouters(attempts: readonly Attempt<Prioritised>[], taking: readonly Attempt<Prioritised>[]): readonly JudgedRule[] {
  return attempts.map((one) => ({ rule: one.router.parts.rule, ...judgeOne(one, taking) }));
}

function judgeOne(one: Attempt<Prioritised>, taking: readonly Attempt<Prioritised>[]): Omit<JudgedRule, 'rule'> {
  const { router, state, reason, key, own, other, message } = one;
  const written = `\`${servedText(router)}\``;
  if (state === 'no-match') return { outcome: 'no-match', reason, key, own, other, message: `${written} does not match: ${message}` };
  if (state === 'excluded') return { outcome: 'excluded', reason, key, own, other, message: `${written} ${message}` };
  if (!taking.includes(one)) return lost(one, taking, written);
  if (state === 'unknown') return { outcome: 'possible', reason, key, own, other, message: `${written} may match: ${message}` };
  const ties = taking.filter((rival) => rival !== one && rival.state === 'match' && compareRouters(rival.router, router) === 0);
  const priority = String(router.priority);
  const [rival] = ties;
  if (rival) {
    const text = `${written} matches with priority ${priority}, as \`${servedText(rival.router)}\` does: their order is not stable`;
    return { outcome: 'possible', reason: 'PRIORITY_TIE', key: 'tie', own: priority, other: priority, message: text };
  }
  const isOpen = taking.length > 1;
  const text = `${written} matches, and of those that do its priority ${priority} is the highest`;
  return { outcome: isOpen ? 'possible' : 'selected', reason: 'RULE_SELECTED', key: null, own: null, other: null, message: text };
}

function lost({ router }: Attempt<Prioritised>, taking: readonly Attempt<Prioritised>[], written: string): Omit<JudgedRule, 'rule'> {
  const winner = taking.find(({ state }) => state === 'match') ?? taking[0];
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
