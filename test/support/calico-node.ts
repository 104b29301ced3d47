import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';

/** The value of a variable, or where it is found. */
export type Variable = string | { readonly configMapKeyRef: { readonly name: string; readonly key: string } };

/** The DaemonSet of Calico's node agent with an environment (projectcalico/calico `manifests/calico.yaml`). */
export function calicoNode(
  env: Readonly<Record<string, Variable>>,
  image = 'calico/node:v3.31',
  envFrom: readonly JsonObject[] = [],
): KubernetesObject {
  const variables = Object.entries(env).map(([name, value]) => (typeof value === 'string' ? { name, value } : { name, valueFrom: value }));
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app: 'calico' } },
      template: {
        metadata: { labels: { app: 'calico' } },
        spec: { hostNetwork: true, containers: [{ name: 'calico-node', image, envFrom, env: variables }] },
      },
    },
  };
}
