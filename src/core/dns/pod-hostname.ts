import type { Note } from '../kernel/answer.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';

/** Longest label (RFC 1123), and longest hostname that Linux takes (`HOST_NAME_MAX`). */
const MAX_LABEL = 63;
const MAX_HOSTNAME = 64;

/** What a pod is called: by itself, and by the name server. */
export interface PodHostname {
  /** `hostname` inside the container. */
  readonly hostname: string;
  /** `hostname -f`. */
  readonly fqdn: string;
  /** Absolute; null: the name server has no name for this pod. */
  readonly dnsName: string | null;
  readonly warnings: readonly Note[];
}

/**
 * The names of a pod. Inside: `spec.hostnameOverride`, else `spec.hostname`, else its own name; the whole name with `setHostnameAsFQDN`; the node's on the host network (kubernetes
 * `pkg/kubelet/kubelet_pods.go` GeneratePodHostNameAndDomain). In DNS: what the slices of the service called `spec.subdomain` publish of it.
 */
export function podHostname(model: NetworkModel, pod: ModelPod): PodHostname {
  const { hostNetwork, setHostnameAsFQDN, subdomain, hostnameOverride } = pod.spec;
  const own = ownHostname(pod);
  const domain = subdomain === undefined ? '' : `.${subdomain}.${pod.namespace}.svc.${model.profile.clusterDomain}`;
  const dnsName = isPublished(model, pod) ? `${own}${domain}.` : null;
  const warnings = [...dnsWarnings(model, pod, dnsName), ...(hostNetwork ? [] : lengthWarnings(`${own}${domain}`, setHostnameAsFQDN))];
  if (hostNetwork) {
    const node = nodeHostname(model, pod);
    return { hostname: node, fqdn: node, dnsName, warnings };
  }
  // KEP-4762: it is all that the pod sees of its name, and DNS does not know it.
  if (hostnameOverride !== undefined) return { hostname: hostnameOverride, fqdn: hostnameOverride, dnsName, warnings };
  return { hostname: setHostnameAsFQDN ? `${own}${domain}` : own, fqdn: `${own}${domain}`, dnsName, warnings };
}

function ownHostname({ spec, name }: ModelPod): string {
  return spec.hostname ?? name.slice(0, MAX_LABEL).replace(/[-.]+$/, '');
}

function nodeHostname(model: NetworkModel, { nodeName, name }: ModelPod): string {
  const node = nodeName && model.nodes.get(nodeName.value);
  return node?.labels['kubernetes.io/hostname'] ?? nodeName?.value ?? name;
}

/** Whether a slice of the service that `subdomain` names has the pod under its hostname. */
function isPublished(model: NetworkModel, { namespace, name, spec }: ModelPod): boolean {
  const service = spec.subdomain === undefined ? undefined : model.services.get(`${namespace}/${spec.subdomain}`);
  if (!service || spec.hostname === undefined) return false;
  return service.endpoints.slices.some((slice) =>
    slice.endpoints.some(({ hostname, targetRef }) => hostname === spec.hostname && targetRef?.kind === 'Pod' && targetRef.name === name),
  );
}

function dnsWarnings(model: NetworkModel, { namespace, spec }: ModelPod, dnsName: string | null): readonly Note[] {
  const { hostname, subdomain } = spec;
  if (subdomain === undefined || dnsName !== null) return [];
  if (!model.services.has(`${namespace}/${subdomain}`)) {
    const message = `\`spec.subdomain\` is \`${subdomain}\`, and there is no service \`${namespace}/${subdomain}\`: the pod has no name of its own in DNS`;
    return [{ code: 'SUBDOMAIN_SERVICE_MISSING', message }];
  }
  if (hostname !== undefined) return [];
  const message = '`spec.subdomain` is set and `spec.hostname` is not: the pod has no name of its own in DNS (kubernetes#47992)';
  return [{ code: 'SUBDOMAIN_WITHOUT_HOSTNAME', message }];
}

function lengthWarnings(fqdn: string, setHostnameAsFQDN: boolean): readonly Note[] {
  if (!setHostnameAsFQDN || fqdn.length <= MAX_HOSTNAME) return [];
  const message = `\`${fqdn}\` has ${fqdn.length} characters, a hostname at most ${MAX_HOSTNAME}: with setHostnameAsFQDN the pod does not start`;
  return [{ code: 'HOSTNAME_TOO_LONG', message }];
}
