import type { RouteRequest } from '../../route-request.js';
import type { JudgedRule } from '../dialect.js';
import { judgeRules } from '../nginx/judge-rules.js';
import { matchPattern } from '../nginx/patterns.js';
import type { Location } from '../nginx/servers.js';
import { normaliseUri } from '../nginx/uri.js';
import type { PathRule } from '../path-rule.js';
import type { F5Decision } from './f5-decide.js';
import type { F5Pattern, F5Server } from './f5-server.js';

/** How each path of a server fared, expressions included: nginx asks them behind exact locations and before prefixes. `rivals`: what may take the request as well. */
export function judgeF5(server: F5Server, { location: winner, rivals = [] }: F5Decision, request: RouteRequest): readonly JudgedRule[] {
  const uri = normaliseUri(request.path) ?? request.path;
  const won = server.patterns.find(({ location }) => location === winner);
  const plain = judgeRules(server, winner, request).map((judged) =>
    won && judged.outcome === 'lost' ? behindPattern(judged.rule, won) : judged,
  );
  const judged = [...plain, ...server.patterns.flatMap((pattern) => judgePattern(pattern, winner, won, uri))];
  if (!server.contested) return judged;
  const may = new Set(rivals.flatMap(({ rule }) => rule ?? []));
  return [
    ...judged.map((one) => (may.has(one.rule) ? mayTake(one.rule) : one)),
    ...rivalRules(server).map((rule) => (may.has(rule) ? mayTake(rule) : noMatch(rule, uri))),
  ];
}

/** Paths of minions of one age with those that the locations of a server stand for. */
export const rivalRules = ({ contested }: F5Server): readonly PathRule[] =>
  (contested?.claims ?? []).flatMap(([, ...others]) =>
    others.flatMap(({ locations, patterns }) =>
      [...locations, ...patterns.map(({ location }) => location)].flatMap(({ rule }) => rule ?? []),
    ),
  );

function mayTake(rule: PathRule): JudgedRule {
  const message = `another minion of its age has \`${rule.path ?? ''}\` too: which of them gets it is not known`;
  return { rule, outcome: 'possible', reason: 'HOST_OWNER_UNKNOWN', key: null, own: null, other: null, message };
}

const noMatch = (rule: PathRule, uri: string): JudgedRule => ({
  rule,
  outcome: 'no-match',
  reason: 'LOCATION_NO_MATCH',
  key: 'path',
  own: rule.path ?? null,
  other: uri,
  message: `\`${rule.path ?? ''}\` does not match \`${uri}\``,
});

const text = ({ expression, ignoreCase }: F5Pattern) => `~${ignoreCase ? '*' : ''} ${expression}`;

function behindPattern(rule: PathRule, won: F5Pattern): JudgedRule {
  const message = `\`${rule.path ?? ''}\` matches, but nginx takes the expression \`${text(won)}\` first`;
  return { rule, outcome: 'lost', reason: 'EXPRESSION_FIRST', key: 'path-type', own: rule.path ?? null, other: text(won), message };
}

function judgePattern(pattern: F5Pattern, winner: Location | undefined, won: F5Pattern | undefined, uri: string): readonly JudgedRule[] {
  const { rule } = pattern.location;
  if (!rule) return [];
  if (pattern === won) {
    const message = `the expression \`${text(pattern)}\` matches: nginx takes its location`;
    return [{ rule, outcome: 'selected', reason: 'PATH_SELECTED', key: null, own: null, other: null, message }];
  }
  const matches = Array.isArray(matchPattern(pattern.expression, uri, pattern.ignoreCase));
  if (!matches || !winner) {
    const message = `the expression \`${text(pattern)}\` does not match \`${uri}\``;
    return [{ rule, outcome: 'no-match', reason: 'LOCATION_NO_MATCH', key: 'path', own: rule.path ?? null, other: uri, message }];
  }
  if (won) return [behindPattern(rule, won)];
  const other = `${winner.exact ? '=' : '^~'} ${winner.path}`;
  const message = `the expression \`${text(pattern)}\` matches, but nginx takes \`${other}\` first`;
  const reason = winner.exact ? 'NOT_EXACT' : 'PREFIX_FIRST';
  return [{ rule, outcome: 'lost', reason, key: 'path-type', own: text(pattern), other, message }];
}
