import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { OpenShiftRoute } from './openshift-route.js';

/**
 * Reads what a Route of `route.openshift.io/v1` serves. How it matches requests is not modelled, so that unknown fields are no finding: "to is an object the
 * route should use as the primary backend. Only the Service kind is allowed".
 */
export function normaliseOpenShiftRoute(root: ObjectReader, ref: ObjectRef): OpenShiftRoute {
  const spec = root.object('spec') ?? root.empty('spec');
  const to = spec.object('to');
  const services = [...(to ? [to] : []), ...spec.objects('alternateBackends')].flatMap(serviceOf);
  const port = spec.object('port')?.raw('targetPort');
  const targetPort = typeof port === 'number' || typeof port === 'string' ? port : undefined;
  return { ...readResource(root, ref), kind: 'Route', namespace: ref.namespace ?? 'default', services, targetPort };
}

function serviceOf(backend: ObjectReader): readonly string[] {
  const name = backend.filledText('name');
  return name === undefined || (backend.text('kind') || 'Service') !== 'Service' ? [] : [name];
}
