import { assertNever } from '../../kernel/assert-never.js';
import type { Ingress } from '../../resources/ingress.js';
import type { CandidateOutcome } from '../route-result.js';
import { describeClaim } from './claim-text.js';
import type { JudgedRule } from './dialect.js';
import type { GapCode } from './gaps.js';
import type { HostGroup, HostTable } from './host-table.js';
import { openMatch } from './open-path.js';
import type { PathRule } from './path-rule.js';
import type { Possibility } from './possibility.js';
import { lostOn } from './rank.js';

/** What explains one rule: how it fared, by which key, with both values. */
type Fare = Omit<JudgedRule, 'rule'>;

/** The key that decided, with this rule's value and the winner's (or the request's). */
type Decider = Pick<JudgedRule, 'key' | 'own' | 'other'>;

const NO_KEY: Decider = { key: null, own: null, other: null };

const CODE_OF_GAP = {
  PATH_CONFLICT: { reason: 'TIE', key: 'tie' },
  PATH_TYPE_UNSPECIFIED: { reason: 'PATH_TYPE_OPEN', key: 'path-type' },
  HOST_FALLTHROUGH_UNSPECIFIED: { reason: 'FALLTHROUGH_OPEN', key: 'host-precedence' },
  PATH_NORMALISATION_UNSPECIFIED: { reason: 'READING_OPEN', key: 'path' },
  DEFAULT_BACKEND_CONFLICT: { reason: 'DEFAULT_BACKEND_OPEN', key: 'tie' },
  CLASS_AMBIGUOUS: { reason: 'CLASS_OPEN', key: 'class' },
} as const satisfies Record<GapCode, { reason: string; key: string }>;

const NOT_MATCHED = { Exact: 'PATH_NOT_EQUAL', Prefix: 'PATH_NOT_PREFIX', ImplementationSpecific: 'PATH_NO_MATCH' } as const;

/** Every rule of the hosts that cover the request, then the default backends where it came to them. */
export function judgeGroups(
  table: HostTable,
  groups: readonly HostGroup[],
  path: string,
  decided: readonly Possibility[],
): readonly JudgedRule[] {
  // what serves for certain stands before what may
  const [winner] = decided.flatMap(({ action }) => (action.type === 'path' ? [action.rule] : []));
  const paths = new TakenPaths(decided);
  const judged = groups.flatMap((group) => {
    const matched = new Set(group.match(path));
    return group.rules.map((rule) => {
      if (rule.path === undefined) return { rule, ...judgeWhole(rule, decided, winner) };
      const matches = matched.has(rule) || (rule.pathType === 'ImplementationSpecific' && openMatch(rule, path) !== 'no');
      return { rule, ...judgePath(rule, path, paths, matches ? winner : undefined) };
    });
  });
  if (decided.every(({ action }) => action.type === 'path')) return judged;
  return [...judged, ...table.defaults.map((ingress) => judgeDefault(ingress, decided))];
}

/** The paths that may serve a request: a host may have thousands that claim the same. */
class TakenPaths {
  private readonly ways = new Map<PathRule, Possibility>();
  private readonly first: PathRule | undefined;
  /** The first one of another Ingress than that of the first. */
  private readonly foreign: PathRule | undefined;

  constructor(private readonly decided: readonly Possibility[]) {
    for (const way of decided) if (way.action.type === 'path' && !this.ways.has(way.action.rule)) this.ways.set(way.action.rule, way);
    const rules = [...this.ways.keys()];
    this.first = rules[0];
    this.foreign = rules.find(({ ingress }) => ingress !== this.first?.ingress);
  }

  /** Whether nothing else may become of the request. */
  get isOnly(): boolean {
    return this.decided.length === 1;
  }

  wayOf(rule: PathRule): Possibility | undefined {
    return this.ways.get(rule);
  }

  /** The other party of a conflict, one of another Ingress if there is any. */
  rivalOf(rule: PathRule): PathRule {
    if (this.first && this.first.ingress !== rule.ingress) return this.first;
    if (this.foreign) return this.foreign;
    for (const other of this.ways.keys()) if (other !== rule) return other;
    return rule;
  }
}

function judgement(outcome: CandidateOutcome, reason: string, decider: Decider, message: string): Fare {
  return { outcome, reason, ...decider, message };
}

/** Judges a path; `beatenBy` is the winner where the path matches the request. */
function judgePath(rule: PathRule, path: string, paths: TakenPaths, beatenBy: PathRule | undefined): Fare {
  const written = `${rule.pathType} \`${rule.path}\``;
  const asked: Decider = { key: 'path', own: `${rule.pathType} ${rule.path}`, other: path };
  if (rule.fault !== undefined)
    return judgement('excluded', 'PATH_INVALID', asked, `${written} is refused by the API server: ${rule.fault}`);
  const taken = paths.wayOf(rule);
  if (taken) return judgeTaken(rule, taken, paths);
  const lost = beatenBy && lostOn(beatenBy, rule);
  if (lost) return judgement('lost', lost.code, lost, `${written} matches, but loses on ${lost.key}: ${lost.own} against ${lost.other}`);
  return judgement('no-match', NOT_MATCHED[rule.pathType ?? 'Prefix'], asked, `${written} does not match \`${path}\``);
}

/** A path that serves the request, or may serve it. */
function judgeTaken(rule: PathRule, taken: Possibility, paths: TakenPaths): Fare {
  const written = `${rule.pathType} \`${rule.path}\``;
  const gap = taken.because;
  if (paths.isOnly) return judgement('selected', 'PATH_SELECTED', NO_KEY, `${written} matches and ranks first`);
  if (gap === null) return judgement('possible', 'PATH_SELECTED', NO_KEY, `${written} ranks first among the paths that match for certain`);
  const { reason, key } = CODE_OF_GAP[gap];
  switch (gap) {
    case 'PATH_CONFLICT': {
      const other = describeClaim(paths.rivalOf(rule).ingress);
      const message = `${written} ranks first together with a path of ${other}; the specification names no winner`;
      return judgement('possible', reason, { key, own: describeClaim(rule.ingress), other }, message);
    }
    case 'PATH_TYPE_UNSPECIFIED': {
      const message = `${written}: whether it matches, and before which other path, is up to the class`;
      return judgement('possible', reason, { key, own: rule.pathType ?? null, other: null }, message);
    }
    case 'PATH_NORMALISATION_UNSPECIFIED': {
      const message = `${written} matches if the controller reads the path as \`${taken.reading ?? ''}\``;
      return judgement('possible', reason, { key, own: rule.path ?? null, other: taken.reading ?? null }, message);
    }
    case 'HOST_FALLTHROUGH_UNSPECIFIED':
    case 'DEFAULT_BACKEND_CONFLICT':
    case 'CLASS_AMBIGUOUS': {
      const message = `${written} matches under a wider host; the specification does not say whether a request falls through to it`;
      return judgement('possible', reason, { key, own: rule.host ?? 'every host', other: null }, message);
    }
    default:
      return assertNever(gap);
  }
}

/** A rule without `http` sends its host to the default backend once no path matches (rule A11). */
function judgeWhole(rule: PathRule, decided: readonly Possibility[], winner: PathRule | undefined): Fare {
  const serves = decided.some(({ action }) => action.type === 'default-backend' && action.ingress === rule.ingress);
  if (serves)
    return judgement('selected', 'RULE_WITHOUT_HTTP', NO_KEY, 'the rule has no `http` part: its host goes to the default backend');
  if (winner) {
    const won = `${winner.pathType} ${winner.path}`;
    const decider = { key: 'path-length', own: 'no path', other: won };
    return judgement('lost', 'PATH_SHORTER', decider, `the rule has no \`http\` part, and ${won} matches`);
  }
  const message = 'the rule has no `http` part, and its Ingress has no default backend that serves';
  return judgement('no-match', 'NO_DEFAULT_BACKEND', { key: 'path', own: 'no path', other: null }, message);
}

function judgeDefault(ingress: Ingress, decided: readonly Possibility[]): JudgedRule {
  const rule: PathRule = {
    ingress,
    pointer: '/spec/defaultBackend',
    host: undefined,
    path: undefined,
    pathType: undefined,
    backend: ingress.defaultBackend,
    fault: undefined,
  };
  return { rule, ...judgeDefaultBackend(ingress, decided) };
}

function judgeDefaultBackend(ingress: Ingress, decided: readonly Possibility[]): Fare {
  const taken = decided.find(({ action }) => action.type === 'default-backend' && action.ingress === ingress);
  if (!taken) {
    const decider = { key: 'host', own: 'does not hold the host', other: 'holds the host' };
    return judgement('lost', 'DEFAULT_OF_OTHER_INGRESS', decider, 'the default backend of the Ingress that holds the host goes first');
  }
  if (decided.length === 1) return judgement('selected', 'DEFAULT_BACKEND_SELECTED', NO_KEY, 'no path matches: the default backend serves');
  const { reason, key } = CODE_OF_GAP[taken.because ?? 'DEFAULT_BACKEND_CONFLICT'];
  return judgement(
    'possible',
    reason,
    { key, own: describeClaim(ingress), other: null },
    `may serve the request: ${describeClaim(ingress)}`,
  );
}
