import { buildSchema, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { Principal } from '../../application/access/principal.js';
import { OperationGate } from './operation-gate.js';

// What things cost is said where `OperationSize` is defined: a field 1, and a hundred characters that a query gives it 1 more.
const schema = buildSchema(`
  type Query { thing(text: String): Thing }
  type Mutation { change(text: String): Thing }
  type Thing { name(text: String): String }
`);
const limits = { maxDepth: 10, maxAliases: 10, maxFields: 100, maxCost: 10_000 };
const caller = {} as Principal;

it('remembers what of a document costs the same every time, and that alone', () => {
  const document = parse(`
    query Ask($text: String) { thing(text: $text) { ...Part } }
    mutation Change { change { ...Part } }
    fragment Part on Thing { name(text: "${'x'.repeat(300)}") }
  `);
  const gate = new OperationGate(limits);
  const cost = (operationName: string, text = ''): unknown => gate.admit({ schema, document, operationName }, { text }, caller)?.requested;
  expect(cost('Change')).toBe(2);
  expect(cost('Ask')).toBe(1 + 1 + 3);
  expect(cost('Ask', 'y'.repeat(500))).toBe(1 + 5 + 1 + 3);
  expect(cost('Ask')).toBe(1 + 1 + 3);
  expect(cost('Change', 'y'.repeat(500))).toBe(2);
});
