import { describe, expect, it } from 'vitest';
import { fieldsMatch, parseFieldSelector } from './field-selector.js';

const FIELDS = ['metadata.name', 'metadata.namespace', 'status.phase'];
const POD: Readonly<Record<string, string>> = { 'metadata.name': 'web', 'metadata.namespace': 'shop', 'status.phase': 'Running' };

/** apimachinery `pkg/fields/selector.go`: `=`, `==` and `!=`, joined by commas, all of which have to hold. */
const ROWS: readonly (readonly [selector: string, matches: boolean])[] = [
  ['metadata.name=web', true],
  ['metadata.name==web', true],
  ['metadata.name = web', true],
  ['metadata.name=api', false],
  ['metadata.name!=api', true],
  ['metadata.name!=web', false],
  ['metadata.name=web,status.phase=Running', true],
  ['metadata.name=web, status.phase!=Running', false],
  ['metadata.namespace=', false],
];

describe('parseFieldSelector', () => {
  it.each(ROWS)('%s: %s', (selector, matches) => {
    const parsed = parseFieldSelector(selector, FIELDS);
    expect(parsed.ok && fieldsMatch(parsed.value, (field) => POD[field] ?? '')).toBe(matches);
  });

  it.each([
    ['metadata.nam=web', 'there is no field `metadata.nam` to select by', 'did you mean `metadata.name`?'],
    ['spec.x=1', 'there is no field `spec.x` to select by', 'the fields are `metadata.name`, `metadata.namespace`, `status.phase`'],
    ['metadata.name', '`metadata.name` is no condition on a field', 'as in `metadata.name=web`'],
    ['metadata.name=web,', '`` is no condition on a field', 'as in `metadata.name=web`'],
  ])('refuses %s', (selector, message, hint) => {
    expect(parseFieldSelector(selector, FIELDS)).toEqual({ ok: false, error: { message, hint } });
  });
});
