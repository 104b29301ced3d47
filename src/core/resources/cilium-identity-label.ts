import { compileRegex } from '../regex/compile-regex.js';
import { matchRegex } from '../regex/match-regex.js';
import type { RegexProgram } from '../regex/regex-program.js';

/** Whether a label of a pod, by its key, is part of the pod's identity. */
export type IdentityLabels = (key: string) => boolean;

/** What the agent starts with: `!` in front leaves a label out (cilium/cilium `pkg/labelsfilter/filter.go`, `defaultLabelPrefixCfg`). */
const DEFAULTS: readonly string[] = [
  'io\\.kubernetes\\.pod\\.namespace',
  'io\\.cilium\\.k8s\\.namespace\\.labels',
  'app\\.kubernetes\\.io',
  'io\\.cilium\\.k8s\\.policy\\.cluster',
  '!io\\.kubernetes',
  '!kubernetes\\.io',
  '!statefulset\\.kubernetes\\.io/pod-name',
  '!apps\\.kubernetes\\.io/pod-index',
  '!batch\\.kubernetes\\.io/job-completion-index',
  '!batch\\.kubernetes\\.io/controller-uid',
  '!.*beta\\.kubernetes\\.io',
  '!k8s\\.io',
  '!pod-template-generation',
  '!pod-template-hash',
  '!controller-revision-hash',
  '!annotation.*',
  '!controller-uid',
  '!etcd_node',
];

/** Instructions that the expressions of an option may take together: a list that takes more is not read, so that no label costs more than it is worth. */
const MOST_INSTRUCTIONS = 1000;
/** How many keys are kept in mind. */
const MOST_KNOWN = 4096;

interface Pattern {
  readonly ignores: boolean;
  /** "Implicitly anchored at the start of the label." */
  readonly start: string | RegexProgram;
}

const DEFAULT_PATTERNS = readPatterns(DEFAULTS) ?? [];

/** Whether it is where nobody told otherwise. */
export const isIdentityRelevant = filterOf([]);

/** By the agent's option `labels`: "Cilium adds the provided list of label patterns to the default list" (identity-relevant-labels.rst). */
export function identityLabels(expressions: readonly string[]): IdentityLabels {
  const own = readPatterns(expressions) ?? [];
  const size = own.reduce((sum, { start }) => sum + (typeof start === 'string' ? start.length : start.instructions.length), 0);
  return own.length === 0 || size > MOST_INSTRUCTIONS ? isIdentityRelevant : filterOf(own);
}

/** Undefined: one cannot be read, with which no agent starts. Those about other sources than that of pods' labels say nothing. */
function readPatterns(expressions: readonly string[]): readonly Pattern[] | undefined {
  const patterns: Pattern[] = [];
  for (const text of expressions) {
    const [, source = '', not, expression = ''] = /^(?:([^:]*):)?(!?)(.*)$/s.exec(text) ?? [];
    const start = startOf(expression);
    if (start === undefined) return undefined;
    if (['', 'any', 'k8s'].includes(source)) patterns.push({ ignores: not === '!', start });
  }
  return patterns;
}

/** What an expression says a label begins with; undefined: it cannot be read. Most say one text, which is found much faster: there may be very many labels. */
function startOf(expression: string): Pattern['start'] | undefined {
  if (/^(?:[\w/-]|\\\.)*$/.test(expression)) return expression.replaceAll('\\.', '.');
  const compiled = compileRegex(`^(?:${expression})`);
  return compiled.ok ? compiled.value : undefined;
}

/** How many characters of the key the pattern matches. */
function lengthAt({ start }: Pattern, key: string): number | undefined {
  if (typeof start !== 'string') return matchRegex(start, key)?.[0]?.length;
  return key.startsWith(start) ? start.length : undefined;
}

function filterOf(own: readonly Pattern[]): IdentityLabels {
  const patterns = [...DEFAULT_PATTERNS, ...own];
  const selective = own.some(({ ignores }) => !ignores);
  const known = new Map<string, boolean>();
  return (key) => {
    let relevant = known.get(key);
    if (relevant === undefined) {
      relevant = isRelevant(patterns, selective, key);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(key, relevant);
    }
    return relevant;
  };
}

/** "If both an inclusive and ignore LabelPrefix match, the label is accepted if the matching section is greater than the ignored one": the longest, and the shortest. */
function isRelevant(patterns: readonly Pattern[], selective: boolean, key: string): boolean {
  let [included, ignored] = [0, 0];
  for (const pattern of patterns) {
    const length = lengthAt(pattern, key);
    if (length === undefined) continue;
    if (!pattern.ignores) included = Math.max(included, length);
    else if (ignored === 0 || length < ignored) ignored = length;
  }
  return (!selective && ignored === 0) || included > ignored;
}
