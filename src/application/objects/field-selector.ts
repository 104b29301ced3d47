import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly equals: boolean;
  readonly value: string;
}

/** What is wrong with a field selector, and the nearest right thing. */
export interface FieldSelectorError {
  readonly message: string;
  readonly hint: string;
}

const CONDITION = /^([^=!]+?)\s*(==|=|!=)\s*(.*)$/;

/**
 * Reads a field selector as `kubectl get --field-selector` does: `metadata.name=web,status.phase!=Running` (apimachinery `pkg/fields/selector.go`, `ParseSelector`). Only `fields`
 * may be named.
 */
export function parseFieldSelector(text: string, fields: readonly string[]): Result<readonly FieldRequirement[], FieldSelectorError> {
  const requirements: FieldRequirement[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, field, operator, value = ''] = CONDITION.exec(part) ?? [];
    if (field === undefined) return err({ message: `\`${part}\` is no condition on a field`, hint: 'as in `metadata.name=web`' });
    if (!fields.includes(field)) return err(unknownField(field, fields));
    requirements.push({ field, equals: operator !== '!=', value });
  }
  return ok(requirements);
}

/** Whether an object has what is required, given how to read its fields. */
export function fieldsMatch(requirements: readonly FieldRequirement[], valueOf: (field: string) => string): boolean {
  return requirements.every(({ field, equals, value }) => (valueOf(field) === value) === equals);
}

function unknownField(field: string, fields: readonly string[]): FieldSelectorError {
  const hint = didYouMeanHint(field, fields) ?? `the fields are ${fields.map((name) => `\`${name}\``).join(', ')}`;
  return { message: `there is no field \`${field}\` to select by`, hint };
}
