import { z } from 'zod';
import type { Provenance } from '../../core/kernel/provenance.js';
import type { EndpointSource } from '../../core/model/network-model.js';
import type { EndpointSlice } from '../../core/resources/endpoint-slice.js';
import { defineCollection } from './collection.js';
import { LABELS, PROVENANCE } from './view-schemas.js';

const ENDPOINT = z.object({
  addresses: z.array(z.string()),
  ready: z.boolean(),
  serving: z.boolean(),
  terminating: z.boolean(),
  hostname: z.string().nullable(),
  nodeName: z.string().nullable(),
  zone: z.string().nullable(),
  target: z.string().nullable().describe('`Pod shop/web-1`'),
});

const VIEW = z
  .object({
    namespace: z.string(),
    name: z.string(),
    labels: LABELS,
    provenance: PROVENANCE,
    service: z.string().nullable().describe('name of the service it belongs to; null: of none'),
    addressType: z.enum(['IPv4', 'IPv6', 'FQDN']),
    endpoints: z.array(ENDPOINT),
    ports: z.array(
      z.object({
        name: z.string(),
        protocol: z.string(),
        port: z.int().nullable().describe('null: every port'),
        appProtocol: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ModelEndpointSlice' });

/** The slices that are in effect: imported, mirrored from Endpoints, or derived from pods. */
export const ENDPOINT_SLICES = defineCollection({
  noun: 'endpoint-slices',
  singular: 'endpoint slice',
  about: 'Endpoint slices in effect: imported, mirrored from Endpoints, or as the controller would make them.',
  scope: 'namespace',
  unknown: 'unknown-object',
  view: VIEW,
  fields: ['service', 'addressType'],
  example: { cluster: 'harbor', namespace: 'default', name: 'kubernetes' },
  items: (model) => [
    ...[...model.services.values()].flatMap(({ endpoints: { source, slices } }) =>
      slices.map((slice) => ({ slice, provenance: provenanceOf(source) })),
    ),
    ...model.orphanSlices.map((slice) => ({ slice, provenance: 'observed' as const })),
  ],
  row: ({ slice: { ref, labels } }) => ({ kind: '', namespace: ref.namespace ?? '', name: ref.name, labels }),
  field: ({ slice: { serviceName, addressType } }, field) => (field === 'addressType' ? addressType : (serviceName ?? '')),
  show: ({ slice, provenance }) => ({
    namespace: slice.ref.namespace ?? '',
    name: slice.ref.name,
    labels: slice.labels,
    provenance,
    service: slice.serviceName ?? null,
    addressType: slice.addressType,
    endpoints: slice.endpoints.map(endpointView),
    ports: slice.ports.map(({ name, protocol, port, appProtocol }) => ({
      name,
      protocol,
      port: port ?? null,
      appProtocol: appProtocol ?? null,
    })),
  }),
});

function provenanceOf(source: EndpointSource): Provenance {
  return source === 'observed-slices' ? 'observed' : 'derived';
}

function endpointView({ addresses, ready, serving, terminating, hostname, nodeName, zone, targetRef }: EndpointSlice['endpoints'][number]) {
  const target =
    targetRef && [targetRef.kind, [targetRef.namespace, targetRef.name].filter((part) => part !== undefined).join('/')].join(' ');
  return {
    addresses: [...addresses],
    ready,
    serving,
    terminating,
    hostname: hostname ?? null,
    nodeName: nodeName ?? null,
    zone: zone ?? null,
    target: target ?? null,
  };
}
