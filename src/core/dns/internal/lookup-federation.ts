import { isDnsLabel } from '../../resources/dns-label.js';
import type { NetworkModel } from '../../model/network-model.js';
import { found, type Lookup } from './candidate.js';
import type { KubernetesServer } from './kubernetes-server.js';

/** The labels by which kube-dns knows where the cluster is; it never learnt their successors. */
const ZONE = 'failure-domain.beta.kubernetes.io/zone';
const REGION = 'failure-domain.beta.kubernetes.io/region';

/**
 * `<service>.<namespace>.<federation>.svc` of a federation that the cluster belongs to: a link to the service of this cluster where it has endpoints, else to that of the
 * federation, whose name tells where the question came from (kubernetes/dns `pkg/dns/dns.go` Records, federationRecords).
 * @param zone the DNS zone, in the case of the question
 * @returns undefined: the name is none of a federation
 */
export function lookupFederation(server: KubernetesServer, labels: readonly string[], zone: string): Lookup | undefined {
  const [service = '', namespace = '', federation = '', kind] = labels;
  const domain = server.options.federations.get(federation);
  if (domain === undefined || labels.length !== 4 || kind !== 'svc') return undefined;
  if (!isDnsLabel(service) || /^\d/.test(service) || !isDnsLabel(namespace)) return undefined;
  const local = `${service}.${namespace}.svc.${zone}`;
  if (isReachable(server, `${namespace}/${service}`))
    return linkTo(
      local,
      `the service \`${namespace}/${service}\` of this cluster has endpoints: it serves for federation \`${federation}\``,
    );
  const place = placeOf(server.model);
  const why = `no service \`${namespace}/${service}\` of this cluster has endpoints`;
  if (!place)
    return found(
      [],
      'FEDERATION',
      `${why}, and no node has the labels \`${ZONE}\` and \`${REGION}\`: kube-dns cannot name the federation's`,
    );
  const target = [service, namespace, federation, 'svc', place.zone, place.region, domain].join('.');
  return linkTo(`${target}.`, `${why}: the name leads to federation \`${federation}\``);
}

function linkTo(host: string, message: string): Lookup {
  return found([{ owner: host, host, kind: 'name', port: undefined }], 'FEDERATION', message);
}

/** An address with a subset of endpoints, ready or not; a headless service that gives records; an ExternalName. */
function isReachable({ services }: KubernetesServer, key: string): boolean {
  const served = services.get(key);
  if (!served) return false;
  const { resource, endpoints } = served.service;
  if (resource.type === 'ExternalName') return true;
  if (resource.headless) return served.ready.length > 0;
  return endpoints.slices.some((slice) => slice.endpoints.some(({ ready, terminating }) => ready || !terminating));
}

/** Of the first node that tells both. */
function placeOf({ nodes }: NetworkModel): { readonly zone: string; readonly region: string } | undefined {
  for (const { labels } of nodes.values()) {
    const [zone, region] = [labels[ZONE], labels[REGION]];
    if (zone === undefined || region === undefined) continue;
    return zone === '' || region === '' ? undefined : { zone, region };
  }
  return undefined;
}
