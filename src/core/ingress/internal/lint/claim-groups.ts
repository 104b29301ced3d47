import { qualifiedName } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { LintedRule, RouteClaim, RouteConflict } from '../../route-lint-result.js';
import type { Ledger } from './ledger.js';

const STRETCH = 5_000;

/** Rules of one class or Gateway by what they match: those of several objects under one key are a conflict. */
export class ClaimGroups {
  private readonly groups = new Map<string, LintedRule | LintedRule[]>();

  constructor(private readonly scope: Pick<RouteConflict, 'class' | 'gateway'>) {}

  /** `key` is equal for rules that match the same requests; undefined: the rule shares them on purpose. */
  add(rule: LintedRule, key: string | undefined): void {
    if (key === undefined) return;
    const known = this.groups.get(key);
    if (known === undefined) this.groups.set(key, rule);
    else if (Array.isArray(known)) known.push(rule);
    else this.groups.set(key, [known, rule]);
  }

  /** Enters every conflict, with owner and age of each claim. */
  *conflicts(ledger: Ledger): Steps<void> {
    let looked = 0;
    for (const group of this.groups.values()) {
      if (++looked % STRETCH === 0) yield;
      if (!Array.isArray(group) || new Set(group.map(({ object }) => qualifiedName(object))).size < 2) continue;
      this.enter(ledger, group);
    }
  }

  private enter(ledger: Ledger, group: readonly LintedRule[]): void {
    const [first] = group;
    if (!first) return;
    const claims = group.map(claimOf);
    const winner = claims.find(({ wins }) => wins);
    const { host, path, pathType } = first;
    ledger.addConflict({ ...this.scope, host, path, pathType, decided: winner !== undefined, claims });
    const what = `${pathType} \`${path}\` of ${host === null ? 'every host' : `\`${host}\``}`;
    const who = andMore(claims.slice(0, MOST_NAMED).map(describe), claims.length);
    const nearest = claims.slice(0, MOST_NAMED + 1);
    for (const { object, pointer, wins } of claims) {
      if (wins) continue;
      const related = nearest.flatMap((other) => (other.object === object ? [] : [{ object: other.object, pointer: other.pointer }]));
      if (winner)
        ledger.add({
          code: 'ING-CONFLICT',
          object,
          pointer,
          message: `${what} is claimed by ${who}: ${qualifiedName(winner.object)} gets the requests`,
          related,
        });
      else
        ledger.add({
          code: 'ING-CONFLICT-UNDEFINED',
          object,
          pointer,
          message: `${what} is claimed by ${who}; nothing says who gets the requests`,
          related,
        });
    }
  }
}

/** Of many claims the first are named: each of them has a message of its own that names the others. */
export const MOST_NAMED = 5;

/** Names the first claims, and how many more there are of `all`. */
export function andMore(named: readonly string[], all: number): string {
  const more = all - named.length;
  return more <= 0 ? named.join(' and ') : `${named.join(', ')} and ${more} more`;
}

function claimOf({ object, pointer, owner, createdAt, backend, state }: LintedRule): RouteClaim {
  return { object, pointer, owner, createdAt, backend, wins: state === 'live' };
}

function describe({ object, owner, createdAt }: RouteClaim): string {
  return `${object.kind} ${qualifiedName(object)} (${createdAt === null ? 'age unknown' : `created ${createdAt}`}${owner === null ? '' : `, owner ${owner}`})`;
}
