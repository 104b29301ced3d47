import type { Labels } from '../../resources/resource.js';
import type { Service } from '../../resources/service.js';

/** Label that names a slice's service. */
export const SERVICE_NAME = 'kubernetes.io/service-name';
/** Label that names who keeps a slice. */
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';

/** Who keeps slices of pods. */
export const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';
/** Who keeps slices of legacy Endpoints. */
export const MIRRORING_CONTROLLER = 'endpointslicemirroring-controller.k8s.io';

/**
 * The labels of a service's slices: the service's own, the reserved ones overridden. `headless`: the service has no cluster IP
 * (kubernetes/endpointslice `utils.go`, `setEndpointSliceLabels`).
 */
export function sliceLabels(service: Pick<Service, 'labels' | 'ref'>, headless: boolean, controller: string): Labels {
  const { [HEADLESS]: _reserved, ...own } = service.labels;
  return { ...own, ...(headless ? { [HEADLESS]: '' } : {}), [SERVICE_NAME]: service.ref.name, [MANAGED_BY]: controller };
}
