import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput } from './parse-input.js';

const schema = z.strictObject({
  name: z.string().min(1),
  code: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.enum(['RED', 'GREEN']))).optional(),
  format: z.enum(['table', 'csv']).optional(),
  flow: z
    .string()
    .regex(/^tcp-\d+$/, 'a protocol and a port, `tcp-80`')
    .optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  parts: z.array(z.strictObject({ size: z.int() })).optional(),
  slug: z
    .string()
    .regex(/^[a-z]+$/, 'must be lower-case letters')
    .optional(),
});

/** The errors of an input, `pointer | message | hint` each. */
function errorsOf(input: unknown): readonly string[] {
  const parsed = parseInput(schema, input);
  return parsed.ok ? [] : (parsed.error.errors ?? []).map(({ pointer, message, hint }) => `${pointer} | ${message} | ${hint ?? ''}`);
}

describe('what is wrong with an input', () => {
  it.each<[string, object, string]>([
    ['nothing', { name: 'a', code: 'RED' }, ''],
    [
      'a state that is supposed where nothing is asked has the way to ask of it',
      { name: 'a', apply: 'x' },
      '/apply | there is no parameter `apply` | a state as it would be is what questions about objects are asked of, as in `/queries/service-endpoints?service=svc/shop/web`, and paths that ask one, such as `/services/shop/web/endpoints`',
    ],
    ['what is not there is missing', {}, '/name | `name` is missing | '],
    [
      'a value among others has its place',
      { name: 'a', code: ['RED', 'GREN'] },
      '/code/1 | `code.1`: expected one of `RED`, `GREEN`, got `GREN` | did you mean `GREEN`?',
    ],
    [
      'a single value taken for a list has no place in it',
      { name: 'a', code: 'BLUE' },
      '/code | `code`: expected one of `RED`, `GREEN`, got `BLUE` | ',
    ],
    // RFC 3339, section 5.6: a date-time has a time and an offset
    ...['2026-11-27', '2026-11-27T14:00:00', 'yesterday'].map((at): [string, object, string] => [
      'a time that is none',
      { name: 'a', at },
      `/at | \`at\`: expected a time in RFC 3339 with its zone, such as \`2026-05-01T14:00:00Z\`, got \`${at}\` | `,
    ]),
    ["a pattern's own words", { name: 'a', flow: '80' }, '/flow | `flow`: expected a protocol and a port, `tcp-80`, got `80` | '],
    ['a rule in its own words', { name: 'a', slug: 'A' }, '/slug | `slug` must be lower-case letters, got `A` | '],
    ['one of a kind', { name: '' }, '/name | `name`: expected at least 1 character, got `` | '],
    ['a fraction', { name: 'a', parts: [{ size: 0.5 }] }, '/parts/0/size | `parts.0.size`: expected a whole number, got `0.5` | '],
    ['a name that is nearly right', { name: 'a', formt: 'csv' }, '/formt | there is no parameter `formt` | did you mean `format`?'],
    [
      'a name like none',
      { name: 'a', zzz: 1 },
      '/zzz | there is no parameter `zzz` | there are `name`, `code`, `format`, `flow`, `at`, `parts`, `slug`',
    ],
    [
      'a name further in',
      { name: 'a', parts: [{ size: 1, zzz: 1 }] },
      '/parts/0/zzz | there is no parameter `zzz` in `parts.0` | there are `size`',
    ],
  ])('%s', (_, input, expected) => {
    expect(errorsOf(input).join('\n')).toBe(expected);
  });
});

describe('a member of a union that one name tells apart', () => {
  const operation = z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('autoAssign') }),
    z.strictObject({ op: z.enum(['release', 'blocks']) }),
  ]);

  it('is told with the names there are, and the nearest', () => {
    const parsed = parseInput(z.strictObject({ operations: z.array(operation) }), { operations: [{ op: 'autoasign' }] });
    expect(parsed).toMatchObject({
      ok: false,
      error: {
        errors: [
          {
            pointer: '/operations/0/op',
            message: '`operations.0.op`: expected one of `autoAssign`, `release`, `blocks`, got `autoasign`',
            hint: 'did you mean `autoAssign`?',
          },
        ],
      },
    });
  });
});

it('what is missing is described', () => {
  const described = z.strictObject({ object: z.string().describe('the object, `namespace/name`') });
  const parsed = parseInput(described, {});
  expect(parsed).toMatchObject({ ok: false, error: { message: '`object` is missing', hint: 'it is the object, `namespace/name`' } });
});
