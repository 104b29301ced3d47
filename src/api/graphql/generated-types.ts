import { compareText } from '../../core/kernel/compare.js';
import { PROBLEM_KIND_NAMES, PROBLEM_KINDS, type ProblemKind } from '../../core/kernel/problem.js';
import { QUESTIONS } from '../../application/questions/registry.js';
import { PROBLEM_TITLES } from '../http/problem-titles.js';

/** `UnknownPodProblem` of `unknown-pod`. */
export function problemTypeName(kind: ProblemKind): string {
  return `${kind
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}Problem`;
}

const LEFT_FOR_NODE = `
  requested: BigInt!
  """
  How many the node could get of the first pool.
  """
  available: BigInt!
  """
  How many the longest run of free addresses has.
  """
  largestFree: String`;

/** What the problem document of a kind says besides, always. */
const OWN_MEMBERS: Partial<Record<ProblemKind, string>> = {
  'block-limit': LEFT_FOR_NODE,
  'strict-affinity': LEFT_FOR_NODE,
  'pool-exhausted': `
  requested: BigInt!
  """
  How many of what was asked for are free, of the first pool.
  """
  available: BigInt!
  """
  Of addresses how many the longest run of free ones has; of prefixes and ranges the largest that is free, null where nothing is.
  """
  largestFree: String`,
};

/** SDL that follows from closed lists of the code: a type for each kind of problem, and the reason codes of all questions. */
export function generatedTypes(): string {
  return [...problemTypes(), reasonCodes()].join('\n\n');
}

function problemTypes(): readonly string[] {
  return PROBLEM_KIND_NAMES.map(
    (kind) => `"""
${PROBLEM_TITLES[kind]} (\`${kind}\`, ${PROBLEM_KINDS[kind]}).
"""
type ${problemTypeName(kind)} implements Problem {
  code: String!
  title: String!
  status: Int!
  detail: String!
  hint: String
  errors: [ProblemDetail!]
  extra: JSON${OWN_MEMBERS[kind] ?? ''}
}`,
  );
}

function reasonCodes(): string {
  const meanings = new Map<string, string>();
  for (const { room, reasons } of QUESTIONS) {
    for (const [code, meaning] of Object.entries(reasons)) if (!meanings.has(code)) meanings.set(code, `${room}: ${meaning}`);
  }
  const codes = [...meanings].sort(([a], [b]) => compareText(a, b)).map(([code, meaning]) => `  ${JSON.stringify(meaning)}\n  ${code}`);
  return `"""
Every reason a step of evidence can have.
"""
enum ReasonCode {
${codes.join('\n')}
}`;
}
