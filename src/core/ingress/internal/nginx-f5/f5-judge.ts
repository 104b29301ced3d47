import type { RouteRequest } from '../../route-request.js';
import type { JudgedRule } from '../dialect.js';
import { judgeRules } from '../nginx/judge-rules.js';
import { matchPattern } from '../nginx/patterns.js';
import type { Location } from '../nginx/servers.js';
import { normaliseUri } from '../nginx/uri.js';
import type { PathRule } from '../path-rule.js';
import type { F5Pattern, F5Server } from './f5-server.js';

/** How each path of a server fared, expressions included: nginx asks them behind exact locations and before prefixes. */
export function judgeF5(server: F5Server, winner: Location | undefined, request: RouteRequest): readonly JudgedRule[] {
  const uri = normaliseUri(request.path) ?? request.path;
  const won = server.patterns.find(({ location }) => location === winner);
  const plain = judgeRules(server, winner, request).map((judged) =>
    won && judged.outcome === 'lost' ? behindPattern(judged.rule, won) : judged,
  );
  return [...plain, ...server.patterns.flatMap((pattern) => judgePattern(pattern, winner, won, uri))];
}

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
  const message = `the expression \`${text(pattern)}\` matches, but nginx takes \`= ${winner.path}\` first`;
  return [{ rule, outcome: 'lost', reason: 'NOT_EXACT', key: 'path-type', own: text(pattern), other: `= ${winner.path}`, message }];
}
