import { compareBy } from '../../kernel/compare.js';
import type { LabelRequirement, LabelSelector } from '../label-selector.js';
import { EVERYTHING } from '../label-selector.js';
import { labelKeyProblem, labelValueProblem } from './label-syntax.js';
import type { ObjectReader } from './object-reader.js';

const FIELDS: ReadonlySet<string> = new Set(['matchLabels', 'matchExpressions']);
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
const byKeyAndOperator = compareBy<LabelRequirement>(
  (requirement) => requirement.key,
  (requirement) => requirement.operator,
  (requirement) => requirement.values.join(),
);

/** The label key in what is written, where an API writes more than the key (Cilium's `k8s:app`). */
type PlainKey = (key: string) => string;
const asWritten: PlainKey = (key) => key;

/**
 * Reads a `metav1.LabelSelector`. A selector the API server would refuse is reported as an error and matches nothing: it never widens access
 * (apimachinery `pkg/apis/meta/v1/validation`, `ValidateLabelSelector`).
 */
export function readLabelSelector(reader: ObjectReader, plainKey: PlainKey = asWritten): LabelSelector {
  reader.expectOnly(FIELDS);
  const before = reader.findings.errors;
  const equalities = Object.entries(reader.labels('matchLabels')).map(([key, value]): LabelRequirement => {
    checkLabel(reader.object('matchLabels') ?? reader, key, plainKey(key), [value]);
    return { key, operator: 'In', values: [value] };
  });
  const expressions = reader.objects('matchExpressions').flatMap((expression) => readRequirement(expression, plainKey));
  const requirements = [...equalities, ...expressions].sort(byKeyAndOperator);
  const invalid = reader.findings.errors > before;
  return requirements.length === 0 && !invalid ? EVERYTHING : { requirements, invalid };
}

/** Reads one `matchExpressions` element; a broken one is reported and left out. */
export function readRequirement(reader: ObjectReader, plainKey: PlainKey = asWritten): readonly LabelRequirement[] {
  const key = reader.filledText('key');
  const operator = reader.oneOf('operator', OPERATORS);
  const values = reader.texts('values');
  if (key === undefined) reader.error('missing-field', 'key', 'a requirement needs the key of a label');
  if (!reader.has('operator')) reader.error('missing-field', 'operator', `a requirement needs an operator: ${OPERATORS.join(', ')}`);
  if (key === undefined || operator === undefined) return [];
  checkLabel(reader, 'key', plainKey(key), values);
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (takesValues && values.length === 0) reader.error('missing-field', 'values', `\`${operator}\` needs at least one value`);
  if (!takesValues && values.length > 0) reader.error('invalid-value', 'values', `\`${operator}\` takes no values`);
  const equality = operator === 'In' && values.length === 1;
  const sorted = takesValues ? [...values].sort() : [];
  const reordered = sorted.some((value, index) => value !== values[index]);
  return [{ key, operator, values: sorted, ...(equality ? { asExpression: true } : {}), ...(reordered ? { writtenValues: values } : {}) }];
}

function checkLabel(reader: ObjectReader, field: string, key: string, values: readonly string[]): void {
  const keyProblem = labelKeyProblem(key);
  if (keyProblem !== undefined) reader.error('invalid-label', field, `\`${key}\` is no label key: ${keyProblem}`);
  for (const value of values) {
    const problem = labelValueProblem(value);
    if (problem !== undefined) reader.error('invalid-label', field, `\`${value}\` is no label value: ${problem}`);
  }
}
