import { PROBLEM_KIND_NAMES, PROBLEM_KINDS } from '../../core/kernel/problem.js';
import { PROBLEM_TITLES } from '../http/problem-titles.js';
import type { JsonSchema } from './json-schema.js';

const TEXT = { type: 'string' };
const TEXT_OR_NULL = { type: ['string', 'null'] };

/** The shapes that every answer and every failure share. */
export const ENVELOPE_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ObjectRef: {
    type: 'object',
    required: ['apiVersion', 'kind', 'name'],
    properties: { apiVersion: TEXT, kind: TEXT, namespace: { ...TEXT, description: 'absent for cluster-scoped kinds' }, name: TEXT },
  },
  Evidence: {
    type: 'object',
    description: 'One step of an explanation. Steps are a flat list in the order of evaluation; `parent` makes the tree.',
    required: ['id', 'parent', 'stage', 'outcome', 'reason', 'object', 'pointer', 'message', 'provenance'],
    properties: {
      id: { type: 'integer', minimum: 1 },
      parent: { type: ['integer', 'null'] },
      stage: { ...TEXT, description: 'where in the pipeline, kebab-case' },
      outcome: { ...TEXT, enum: ['match', 'no-match', 'allow', 'deny', 'pass', 'selected', 'excluded', 'info'] },
      reason: { ...TEXT, description: 'stable code in UPPER_SNAKE' },
      object: { anyOf: [{ $ref: '#/components/schemas/ObjectRef' }, { type: 'null' }] },
      pointer: { ...TEXT_OR_NULL, description: 'JSON pointer into the object: the rule, port or peer that decided' },
      message: TEXT,
      provenance: { ...TEXT, enum: ['observed', 'derived', 'defaulted', 'assumed'] },
      cites: { $ref: '#/components/schemas/Citation' },
    },
  },
  Citation: {
    type: 'object',
    description: 'The rule that a step goes by, and where it is written; absent in rooms that do not number their rules.',
    required: ['rule', 'source'],
    properties: { rule: { ...TEXT, description: 'its number, `G11`' }, source: { ...TEXT, description: 'a public address' } },
  },
  Note: {
    type: 'object',
    required: ['code', 'message'],
    properties: { code: { ...TEXT, description: 'stable, UPPER_SNAKE' }, message: TEXT },
  },
  Enforcement: {
    type: 'object',
    description: "Whether the cluster's network plugin enforces what the answer says.",
    required: ['cni', 'enforced', 'caveats'],
    properties: { cni: TEXT, enforced: { type: 'boolean' }, caveats: { type: 'array', items: TEXT } },
  },
  Problem: {
    type: 'object',
    description: 'RFC 9457 problem details.',
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
    properties: {
      type: { ...TEXT, description: 'path of the page that explains the kind' },
      title: TEXT,
      status: { type: 'integer' },
      detail: TEXT,
      code: { ...TEXT, enum: [...PROBLEM_KIND_NAMES], description: problemTable() },
      hint: { ...TEXT, description: 'the nearest right thing' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'code', 'message'],
          properties: { pointer: { ...TEXT, description: 'JSON pointer into the request' }, code: TEXT, message: TEXT, hint: TEXT },
        },
      },
      requestId: TEXT,
    },
  },
};

function problemTable(): string {
  const rows = PROBLEM_KIND_NAMES.map(
    (kind) => `| [\`${kind}\`](/docs/problems/${kind}) | ${PROBLEM_KINDS[kind]} | ${PROBLEM_TITLES[kind]} |`,
  );
  return ['| code | status | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
