import { z } from 'zod';
import type { IngressBackend } from '../../core/resources/ingress.js';
import { defineCollection } from './collection.js';
import { LABELS } from './view-schemas.js';

const BACKEND = z.string().describe('`api:80`, `StorageBucket assets`, or why it is none');

const VIEW = z
  .object({
    namespace: z.string(),
    name: z.string(),
    labels: LABELS,
    className: z.string().nullable().describe('`spec.ingressClassName`'),
    defaultBackend: BACKEND.nullable(),
    rules: z.array(
      z.object({
        pointer: z.string(),
        host: z.string().nullable().describe('null: every host'),
        paths: z.array(
          z.object({
            pointer: z.string(),
            path: z.string(),
            pathType: z.enum(['Exact', 'Prefix', 'ImplementationSpecific']),
            backend: BACKEND,
          }),
        ),
      }),
    ),
    tls: z.array(z.object({ pointer: z.string(), hosts: z.array(z.string()), secretName: z.string().nullable() })),
    loadBalancer: z.array(z.string()),
  })
  .meta({ id: 'ModelIngress' });

/** The ingresses of a model. */
export const INGRESSES = defineCollection({
  noun: 'ingresses',
  singular: 'ingress',
  about: 'Ingresses, converted from older API versions where they were written in one.',
  scope: 'namespace',
  unknown: 'unknown-object',
  view: VIEW,
  fields: ['spec.ingressClassName'],
  example: { cluster: 'harbor', namespace: 'shop', name: 'storefront' },
  items: (model) => model.ingresses,
  row: ({ ref, namespace, labels }) => ({ kind: '', namespace, name: ref.name, labels }),
  field: ({ className }) => className ?? '',
  show: ({ ref, namespace, labels, className, defaultBackend, rules, tls, loadBalancerIngress }) => ({
    namespace,
    name: ref.name,
    labels,
    className: className ?? null,
    defaultBackend: defaultBackend ? backendText(defaultBackend) : null,
    rules: rules.map(({ pointer, host, paths }) => ({
      pointer,
      host: host ?? null,
      paths: paths.map((path) => ({ pointer: path.pointer, path: path.path, pathType: path.pathType, backend: backendText(path.backend) })),
    })),
    tls: tls.map(({ pointer, hosts, secretName }) => ({ pointer, hosts: [...hosts], secretName: secretName ?? null })),
    loadBalancer: [...loadBalancerIngress],
  }),
});

function backendText(backend: IngressBackend): string {
  if (backend.type === 'service') return `${backend.name}:${backend.port}`;
  return backend.type === 'resource' ? `${backend.kind} ${backend.name}` : backend.why;
}
