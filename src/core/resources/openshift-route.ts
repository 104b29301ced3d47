import type { Resource } from './resource.js';

/** A Route of OpenShift, as far as policies need it: whom it serves (openshift/api `route/v1/types.go`). */
export interface OpenShiftRoute extends Resource {
  readonly kind: 'Route';
  readonly namespace: string;
  /** Names of the Services it sends requests to: `spec.to` first, then `spec.alternateBackends`. */
  readonly services: readonly string[];
  /** `spec.port.targetPort`; undefined: every port of the Services. */
  readonly targetPort: number | string | undefined;
}
