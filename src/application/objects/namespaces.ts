import { z } from 'zod';
import { defineCollection } from './collection.js';
import { LABELS, PROVENANCE } from './view-schemas.js';

const VIEW = z
  .object({
    name: z.string(),
    labels: LABELS,
    provenance: PROVENANCE.describe('`derived`: no Namespace object was imported, objects are in it'),
    pods: z.int().describe('how many pods are in it'),
  })
  .meta({ id: 'ModelNamespace' });

/** The namespaces of a model, those that only follow from the objects in them included. */
export const NAMESPACES = defineCollection({
  noun: 'namespaces',
  singular: 'namespace',
  about: 'Namespaces, those that only follow from the objects in them included.',
  scope: 'cluster',
  unknown: 'unknown-namespace',
  view: VIEW,
  fields: [],
  example: { cluster: 'harbor', name: 'shop' },
  items: (model) => model.namespaces.values(),
  row: ({ ref, labels }) => ({ kind: '', namespace: '', name: ref.name, labels }),
  field: () => '',
  show: ({ ref, labels, implied }, model) => ({
    name: ref.name,
    labels,
    provenance: implied ? 'derived' : 'observed',
    pods: model.podsByNamespace.get(ref.name)?.length ?? 0,
  }),
});
