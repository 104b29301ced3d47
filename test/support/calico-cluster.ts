import type { JsonObject } from '../../src/core/kernel/json.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { modelOf } from './model.js';
import { type PolicySpecs, policyObjects } from './policy-cluster.js';

/** A plugin that enforces Calico's policies and matches networks with pods, as felix does. */
export const CALICO: ProfileSettings = { cni: { plugin: 'calico' }, policy: { ipBlockMatchesPods: true } };

const KINDS: Readonly<Record<string, string>> = {
  np: 'NetworkPolicy',
  gnp: 'GlobalNetworkPolicy',
  tier: 'Tier',
  set: 'NetworkSet',
  gset: 'GlobalNetworkSet',
  hep: 'HostEndpoint',
  profile: 'Profile',
  felix: 'FelixConfiguration',
  snp: 'StagedNetworkPolicy',
  sgnp: 'StagedGlobalNetworkPolicy',
  sknp: 'StagedKubernetesNetworkPolicy',
};

/**
 * Specs of Calico's objects by `np shop/api`, `gnp api`, `tier security`, `set shop/partners color=red` (labels behind the name), `gset …`, `hep …`,
 * `profile …`, `felix …`, `snp …`, `sgnp …`, `sknp …`; a ServiceAccount with labels is `sa shop/web team=red`, a Service with its spec `svc shop/web`, the
 * fields of an EndpointSlice `slice shop/web-1 kubernetes.io/service-name=web`.
 */
function calicoObject(written: string, spec: JsonObject): KubernetesObject {
  const [short = '', qualified = '', ...words] = written.split(' ');
  const [first = '', second] = qualified.split('/');
  const labels = Object.fromEntries(words.map((word) => word.split('=') as [string, string]));
  const metadata = { ...(second === undefined ? { name: first } : { name: second, namespace: first }), labels };
  if (short === 'sa') return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
  if (short === 'slice') return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, ...spec };
  if (short === 'svc') return { apiVersion: 'v1', kind: 'Service', metadata, spec };
  return { apiVersion: 'projectcalico.org/v3', kind: KINDS[short] ?? short, metadata, spec };
}

/** A cluster in the notation of `policyCluster`, with Calico's objects; `others` are policies of other APIs. */
export function calicoCluster(
  text: string,
  calico: PolicySpecs,
  { others = {}, settings = CALICO }: { readonly others?: PolicySpecs; readonly settings?: ProfileSettings } = {},
): NetworkModel {
  const objects = Object.entries(calico).map(([written, spec]) => calicoObject(written, spec));
  return modelOf([...policyObjects(text, others), ...objects], settings);
}
