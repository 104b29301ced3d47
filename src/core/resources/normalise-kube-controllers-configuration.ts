import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readDuration } from './internal/read-duration.js';
import { readResource } from './internal/read-resource.js';
import type { CalicoAssignsTo, KubeControllersConfiguration } from './kube-controllers-configuration.js';

const ASSIGNS: readonly CalicoAssignsTo[] = ['AllServices', 'RequestedServicesOnly'];

/** Reads a Calico KubeControllersConfiguration (projectcalico/calico `api/pkg/apis/projectcalico/v3/kubecontrollersconfig.go`). */
export function normaliseKubeControllersConfiguration(root: ObjectReader, ref: ObjectRef): KubeControllersConfiguration {
  const controllers = root.object('spec')?.object('controllers');
  const node = controllers?.object('node');
  return {
    ...readResource(root, ref),
    kind: 'KubeControllersConfiguration',
    assignIPs: controllers?.object('loadBalancer')?.oneOf('assignIPs', ASSIGNS),
    leakGraceMs: node && readGrace(node),
  };
}

/** Go needs no unit for nothing. */
function readGrace(node: ObjectReader): number | undefined {
  return node.raw('leakGracePeriod') === '0' ? 0 : readDuration(node, 'leakGracePeriod');
}
