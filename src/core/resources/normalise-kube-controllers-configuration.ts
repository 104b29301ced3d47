import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { CalicoAssignsTo, KubeControllersConfiguration } from './kube-controllers-configuration.js';

const ASSIGNS: readonly CalicoAssignsTo[] = ['AllServices', 'RequestedServicesOnly'];

/** Reads a Calico KubeControllersConfiguration (projectcalico/calico `api/pkg/apis/projectcalico/v3/kubecontrollersconfig.go`). */
export function normaliseKubeControllersConfiguration(root: ObjectReader, ref: ObjectRef): KubeControllersConfiguration {
  const controller = root.object('spec')?.object('controllers')?.object('loadBalancer');
  return { ...readResource(root, ref), kind: 'KubeControllersConfiguration', assignIPs: controller?.oneOf('assignIPs', ASSIGNS) };
}
