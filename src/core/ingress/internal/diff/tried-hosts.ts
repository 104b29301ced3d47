import { compareText } from '../../../kernel/compare.js';
import type { SideRule } from './side-rule.js';
import { witnessHost } from '../lint/witness-requests.js';

/** A name that requests are sent to, and the rules of both sides that may see them. */
export interface TriedHost {
  readonly name: string;
  readonly rules: readonly SideRule[];
}

/**
 * The name that is asked for, or names that tell the host rules of both sides apart: every precise one, for a wildcard a name with one label more and one with two, and one that no rule names. In the order
 * of their texts, that of nobody last.
 */
export function* triedHosts(rules: readonly SideRule[], asked: string | undefined): Iterable<TriedHost> {
  const byHost = rulesByHost(rules);
  for (const name of asked === undefined ? distinctNames(byHost) : [asked]) {
    yield { name, rules: coveringHosts(name).flatMap((host) => byHost.get(host) ?? []) };
  }
}

function distinctNames(byHost: ReadonlyMap<string | undefined, unknown>): ReadonlySet<string> {
  const isTaken = (name: string) => byHost.has(name);
  const written = [...byHost.keys()].filter((host) => host !== undefined).sort(compareText);
  const names = new Set<string>();
  for (const host of written) {
    if (!host.startsWith('*.')) {
      names.add(host);
      continue;
    }
    const one = witnessHost(host, isTaken);
    names.add(one).add(witnessHost(`*.${one}`, isTaken));
  }
  names.add(witnessHost(undefined, isTaken));
  return names;
}

function rulesByHost(rules: readonly SideRule[]): ReadonlyMap<string | undefined, readonly SideRule[]> {
  const byHost = new Map<string | undefined, SideRule[]>();
  for (const rule of rules) {
    const known = byHost.get(rule.host);
    if (known) known.push(rule);
    else byHost.set(rule.host, [rule]);
  }
  return byHost;
}

/** Every text of a host rule that may cover the name, by whatever dialect; undefined: a rule for every host. */
function coveringHosts(name: string): readonly (string | undefined)[] {
  const labels = name.split('.');
  return [name, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`), undefined];
}
