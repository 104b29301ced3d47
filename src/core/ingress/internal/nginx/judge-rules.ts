import type { RouteRequest } from '../../route-request.js';
import { describeClaim } from '../claim-text.js';
import type { JudgedRule } from '../dialect.js';
import type { PathRule } from '../path-rule.js';
import { takes } from './location-choice.js';
import type { Location, NginxServer } from './servers.js';
import { normaliseUri } from './uri.js';

const NO_KEY = { key: null, own: null, other: null } as const;

/** How each path of the server fared: the one whose location took the request, those that lost and on what, and those that are not in use. */
export function judgeRules(server: NginxServer, winner: Location | undefined, request: RouteRequest): readonly JudgedRule[] {
  const uri = normaliseUri(request.path) ?? request.path;
  const byRule = new Map<PathRule, Location[]>();
  for (const location of server.locations) {
    const { rule } = location;
    if (rule === undefined) continue;
    const own = byRule.get(rule);
    if (own) own.push(location);
    else byRule.set(rule, [location]);
  }
  return [
    ...[...byRule].map(([rule, own]) => judgeRule(server, { rule, own }, winner, uri)),
    ...[...server.taken].map(([rule, kept]) => judgeTaken(rule, kept)),
    ...[...server.canaries].map(judgeCanary),
  ];
}

const written = ({ path, pathType }: PathRule) => (path === undefined ? 'the default backend' : `${pathType ?? ''} \`${path}\``);

/** A path, and the locations that the controller makes of it. */
interface LocatedRule {
  readonly rule: PathRule;
  readonly own: readonly Location[];
}

function judgeRule(server: NginxServer, { rule, own: locations }: LocatedRule, winner: Location | undefined, uri: string): JudgedRule {
  if (winner?.rule === rule) {
    return {
      rule,
      outcome: 'selected',
      reason: 'PATH_SELECTED',
      ...NO_KEY,
      message: `${written(rule)}: nginx takes location \`${textOf(server, winner)}\``,
    };
  }
  const matching = locations.find((location) => takes(server, location, uri));
  if (!matching || !winner) {
    const decider = { key: 'path', own: rule.path ?? null, other: uri };
    return { rule, outcome: 'no-match', reason: 'LOCATION_NO_MATCH', ...decider, message: `${written(rule)} does not match \`${uri}\`` };
  }
  const { key, reason, own, other } = lostOn(server, matching, winner);
  return {
    rule,
    outcome: 'lost',
    reason,
    key,
    own,
    other,
    message: `${written(rule)} matches, but loses on ${key}: ${own} against ${other}`,
  };
}

function lostOn(server: NginxServer, loser: Location, winner: Location): { key: string; reason: string; own: string; other: string } {
  if (!server.isRegex && winner.exact)
    return { key: 'path-type', reason: 'NOT_EXACT', own: textOf(server, loser), other: textOf(server, winner) };
  if (loser.path.length !== winner.path.length) {
    const text = ({ path }: Location) => `${path.length} characters (${path})`;
    return { key: 'path-length', reason: 'PATH_SHORTER', own: text(loser), other: text(winner) };
  }
  return { key: 'path-text', reason: 'PATH_TEXT_SMALLER', own: loser.path, other: winner.path };
}

function textOf({ isRegex }: NginxServer, { path, exact }: Location): string {
  return isRegex ? `~* "^${path}"` : exact ? `= ${path}` : path;
}

function judgeTaken(rule: PathRule, { rule: kept, ingress }: Location): JudgedRule {
  const holder = kept?.ingress ?? ingress;
  const other = holder ? describeClaim(holder) : null;
  const message = `${written(rule)} is ignored: ${other ?? 'another'} comes first and keeps the path`;
  return { rule, outcome: 'excluded', reason: 'PATH_TAKEN', key: 'age', own: describeClaim(rule.ingress), other, message };
}

function judgeCanary(rule: PathRule): JudgedRule {
  return {
    rule,
    outcome: 'excluded',
    reason: 'CANARY_PATH',
    ...NO_KEY,
    message: `${written(rule)} is a canary: it gets a part of what the path without canary gets`,
  };
}
