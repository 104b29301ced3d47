import { constantFrom, constant, array, assert, integer, oneof, option, property, record, string } from 'fast-check';
import { expect, it } from 'vitest';
import type { Evidence } from '../../core/kernel/evidence.js';
import { writeAnswer } from './answer-text.js';
import type { AnswerEnvelope } from './question.js';

// ECMA-262 (`JSON.stringify`) says what the text of a value is.
const texts = oneof(
  string({ unit: 'binary' }),
  constantFrom('a → b', '"', '\\', '\n', '\u0000', '\uD800', '\uDC00x', '😀', 'é', 'x'.repeat(30_000)),
);

const objects = option(
  record({ apiVersion: texts, kind: texts, namespace: texts, name: texts }, { requiredKeys: ['apiVersion', 'kind', 'name'] }),
);

const steps = record<Evidence>({
  id: integer(),
  parent: option(integer()),
  stage: constant('egress-policy'),
  outcome: constantFrom('match', 'no-match'),
  reason: constant('NO_RULE_ADMITS'),
  object: objects,
  pointer: option(texts),
  message: texts,
  provenance: constantFrom('observed', 'derived'),
  cites: option(record({ rule: texts, source: texts }), { nil: undefined }),
});

const notes = array(record({ code: texts, message: texts }));

const answers = record<AnswerEnvelope>({
  revision: integer(),
  question: record({ name: texts, left: constant(undefined) }),
  verdict: constantFrom('ALLOWED', 'DENIED'),
  summary: texts,
  result: record({ name: texts, left: constant(undefined), count: integer() }),
  evidence: array(steps).map((list) => list.flatMap((step) => [step, { ...step, id: step.id + 1 }])),
  assumptions: notes,
  warnings: notes,
  confidence: constantFrom('CERTAIN', 'ASSUMED'),
  enforcement: option(record({ cni: texts, enforced: constant(true), caveats: array(texts) })),
});

it('is the text of JSON.stringify, byte by byte, however much was written before', () => {
  const written: { readonly bytes: Buffer; readonly expected: Buffer }[] = [];
  assert(
    property(answers, (answer) => {
      const bytes = writeAnswer(answer);
      const expected = Buffer.from(JSON.stringify(answer));
      written.push({ bytes, expected });
      return bytes.equals(expected);
    }),
    { numRuns: 500 },
  );
  for (const { bytes, expected } of written) expect(bytes.equals(expected)).toBe(true);
});
