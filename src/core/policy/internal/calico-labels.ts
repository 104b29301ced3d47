import type { NetworkModel } from '../../model/network-model.js';
import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import type { CalicoProfile } from '../../resources/calico-profile.js';
import type { NetworkSet } from '../../resources/network-set.js';
import type { Labels } from '../../resources/resource.js';
import type { PodEndpoint } from './policy-endpoint.js';

/** Labels that Calico sets itself (projectcalico/calico `api/pkg/apis/projectcalico/v3/constants.go`). */
export const NAMESPACE_LABEL = 'projectcalico.org/namespace';
export const SERVICE_ACCOUNT_LABEL = 'projectcalico.org/serviceaccount';
/** Every pod has it, with this value. */
export const ORCHESTRATOR = { label: 'projectcalico.org/orchestrator', value: 'k8s' } as const;
const NAME_LABEL = 'projectcalico.org/name';

/** What stands before the labels that an endpoint inherits from its namespace and its service account (`k8s/conversion/constants.go`). */
export const NAMESPACE_PREFIX = 'pcns.';
export const SERVICE_ACCOUNT_PREFIX = 'pcsa.';

/** "For backwards compatibility, include the label if less than 63 characters." */
const LONGEST_ACCOUNT_LABEL = 62;

/** The labels by which selectors find a pod: its own, those of its namespace and service account, and Calico's (`k8s/conversion/workload_endpoint_default.go`). */
export function calicoLabelsOfPod({ serviceAccounts }: Pick<NetworkModel, 'serviceAccounts'>, pod: PodEndpoint): Labels {
  const { namespace, serviceAccount } = pod;
  const known = serviceAccount === undefined ? undefined : serviceAccounts.get(`${namespace}/${serviceAccount}`);
  const accountLabels = pod.serviceAccountLabels ?? known?.labels ?? {};
  return {
    ...inherited(NAMESPACE_PREFIX, pod.namespaceLabels, namespace),
    ...(serviceAccount === undefined ? {} : inherited(SERVICE_ACCOUNT_PREFIX, accountLabels, serviceAccount)),
    ...pod.labels,
    [NAMESPACE_LABEL]: namespace,
    [ORCHESTRATOR.label]: ORCHESTRATOR.value,
    ...(serviceAccount === undefined || serviceAccount.length > LONGEST_ACCOUNT_LABEL ? {} : { [SERVICE_ACCOUNT_LABEL]: serviceAccount }),
  };
}

/** A set of a namespace inherits its labels; a global one has its own alone (`updateprocessors/networksetprocessor.go`). */
export function calicoLabelsOfSet({ namespaces }: Pick<NetworkModel, 'namespaces'>, { namespace, labels }: NetworkSet): Labels {
  if (namespace === undefined) return labels;
  return { ...inherited(NAMESPACE_PREFIX, namespaces.get(namespace)?.labels ?? {}, namespace), ...labels, [NAMESPACE_LABEL]: namespace };
}

/** "If labels configured on the endpoint have keys matching those labels inherited from the profile, the endpoint label values take precedence." */
export function calicoLabelsOfHost(known: ReadonlyMap<string, CalicoProfile>, { labels, profiles }: CalicoHostEndpoint): Labels {
  const applied = profiles.map((name) => known.get(name)?.labelsToApply ?? {});
  return Object.fromEntries([...applied, labels].flatMap((some) => Object.entries(some)));
}

function inherited(prefix: string, labels: Labels, name: string): Labels {
  const entries = Object.entries(labels).map(([key, value]) => [`${prefix}${key}`, value] as const);
  return Object.fromEntries([...entries, [`${prefix}${NAME_LABEL}`, name]]);
}
