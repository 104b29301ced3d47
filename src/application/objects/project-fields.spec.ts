import { describe, expect, it } from 'vitest';
import type { Json } from '../../core/kernel/json.js';
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
];

describe('projectFields', () => {
  it.each(ROWS)('keeps %s', (fields, kept) => expect(projectFields(POD, parseFields(fields))).toEqual(kept));

  it('keeps everything where nothing is asked for', () => expect(projectFields(POD, parseFields(undefined))).toEqual(POD));
});
