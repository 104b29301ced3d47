import type { NetworkModel } from '../../../model/network-model.js';
import { type BackendOutcome, endpointsOutcome } from '../backend-outcome.js';
import type { RoutingObject } from '../path-rule.js';
import { annotationPointer } from './annotation-reader.js';
import type { Context } from './context.js';
import { NGINX_READING, nginxBackend } from './nginx-backend.js';

/** The Service of `default-backend` at its first port; undefined: there is none with endpoints, and the annotation does nothing (`getBackendServers`). */
export function serviceInstead(model: NetworkModel, ingress: RoutingObject, name: string): BackendOutcome | undefined {
  const port = name === '' ? undefined : model.services.get(`${ingress.namespace}/${name}`)?.resource.ports[0]?.port;
  if (port === undefined) return undefined;
  const pointer = annotationPointer('default-backend');
  const found = nginxBackend(model, ingress, { type: 'service', name, port, pointer }, 'DEFAULT_BACKEND');
  return found.verdict === 'DEFAULT_BACKEND' ? found : undefined;
}

/** The Service of `--default-backend-service`; undefined: there is none with endpoints, and the controller answers 404 itself (`getDefaultUpstream`). */
export function ownDefaultBackend({ model, options }: Context): BackendOutcome | undefined {
  const service = options.defaultBackend === undefined ? undefined : model.services.get(options.defaultBackend);
  const port = service?.resource.ports[0];
  if (!service || !port) return undefined;
  const found = endpointsOutcome(model, service, port, [], 'DEFAULT_BACKEND', NGINX_READING);
  return found.verdict === 'DEFAULT_BACKEND' ? found : undefined;
}
