import { describe, expect, it } from 'vitest';
import type { Json } from '../../core/kernel/json.js';
import { z } from 'zod';
import { parseFields, projectFields } from './project-fields.js';

const POD = {
  kind: 'Pod',
  metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web', tier: 'front' } },
  spec: {
    containers: [
      { name: 'a', image: 'x', ports: [{ containerPort: 80, name: 'http' }] },
      { name: 'b', image: 'y' },
    ],
    nodeName: null,
  },
};

const ROWS: readonly (readonly [fields: string, kept: Json])[] = [
  ['kind', { kind: 'Pod' }],
  ['metadata.name', { metadata: { name: 'web' } }],
  ['metadata.name,kind', { kind: 'Pod', metadata: { name: 'web' } }],
  ['metadata.labels', { metadata: { labels: POD.metadata.labels } }],
  ['/metadata/labels/app.kubernetes.io~1name', { metadata: { labels: { 'app.kubernetes.io/name': 'web' } } }],
  ['spec.containers.name', { spec: { containers: [{ name: 'a' }, { name: 'b' }] } }],
  ['spec.containers.ports.containerPort', { spec: { containers: [{ ports: [{ containerPort: 80 }] }, {}] } }],
  ['metadata, metadata.name', { metadata: POD.metadata }],
  ['metadata.name,metadata', { metadata: POD.metadata }],
  ['spec.nodeName', { spec: { nodeName: null } }],
  ['status.podIP', {}],
  ['', POD],
  ['kind,', { kind: 'Pod' }],
];

const ITEM = z.object({ kind: z.string(), metadata: z.unknown(), spec: z.unknown(), status: z.unknown() });

function kept(fields: string | undefined): unknown {
  const projection = parseFields(fields, ITEM);
  return projection.ok ? projectFields(POD, projection.value) : projection.error.hint;
}

describe('projectFields', () => {
  it.each(ROWS)('keeps %s', (fields, expected) => expect(kept(fields)).toEqual(expected));

  it('keeps everything where nothing is asked for', () => expect(kept(undefined)).toEqual(POD));

  it.each([
    ['kind,metdata.name', 'did you mean `metadata`?'],
    ['zzz', 'it has `kind`, `metadata`, `spec`, `status`'],
  ])('refuses %s', (fields, hint) => expect(kept(fields)).toBe(hint));
});
