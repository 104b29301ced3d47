import { z } from 'zod';
import { LISTENER_PROTOCOLS, type GatewayListener } from '../../core/resources/gateway.js';
import { defineCollection } from './collection.js';
import { LABELS } from './view-schemas.js';

const LISTENER = z.object({
  pointer: z.string(),
  name: z.string(),
  port: z.int(),
  protocol: z
    .enum(LISTENER_PROTOCOLS)
    .nullable()
    .describe('null: one that the specification does not name; routes of none of its kinds are attached to it'),
  hostname: z.string().nullable().describe('null: every host'),
  tlsMode: z.enum(['Terminate', 'Passthrough']).nullable().describe('`tls.mode`; null without `tls`'),
  namespacesFrom: z.enum(['All', 'Same', 'None', 'Selector']).describe('`allowedRoutes.namespaces.from`'),
});

const VIEW = z
  .object({
    namespace: z.string(),
    name: z.string(),
    labels: LABELS,
    className: z.string().describe('`spec.gatewayClassName`'),
    controllerName: z.string().nullable().describe('`spec.controllerName` of its class; null where there is no such class'),
    listeners: z.array(LISTENER).describe('its own; those of its ListenerSets are in the answer to `gateway-status`'),
    addresses: z.array(z.string()).describe('`status.addresses`: those that it has; empty where its status tells none'),
  })
  .meta({ id: 'ModelGateway' });

/** The Gateways of a model. */
export const GATEWAYS = defineCollection({
  noun: 'gateways',
  singular: 'gateway',
  about: 'Gateways of the Gateway API with their listeners, and the controller that serves each.',
  scope: 'namespace',
  unknown: 'unknown-object',
  view: VIEW,
  fields: ['spec.gatewayClassName'],
  example: { cluster: 'fjord', namespace: 'tides', name: 'quay' },
  items: ({ gatewayApi }) => gatewayApi.gateways.values(),
  row: ({ ref, namespace, labels }) => ({ kind: '', namespace, name: ref.name, labels }),
  field: ({ className }) => className,
  show: ({ ref, namespace, labels, className, listeners, observed }, { gatewayApi }) => ({
    namespace,
    name: ref.name,
    labels,
    className,
    controllerName: gatewayApi.classes.get(className)?.controllerName ?? null,
    listeners: listeners.map(listenerView),
    addresses: observed.addresses.map(({ value }) => value),
  }),
});

function listenerView({ pointer, name, port, protocol, hostname, tls, allowedNamespaces }: GatewayListener): z.output<typeof LISTENER> {
  return {
    pointer,
    name,
    port,
    protocol: protocol ?? null,
    hostname: hostname ?? null,
    tlsMode: tls?.mode ?? null,
    namespacesFrom: allowedNamespaces.from,
  };
}
