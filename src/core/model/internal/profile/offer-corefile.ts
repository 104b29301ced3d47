import type { ConfigMap } from '../../../resources/config-map.js';
import type { ResourceIndex } from '../resource-index.js';
import { absoluteZones } from './absolute-zones.js';
import { type CorefileBlock, type CorefileDirective, parseCorefile } from './corefile.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { defaultOf, toldBy } from './told-by.js';

const KEY = 'Corefile';
/** Where installers keep it: kubeadm and most others, RKE2, OpenShift. NodeLocal DNSCache's own Corefile is another server's. */
const NAMES = ['kube-system/coredns', 'kube-system/rke2-coredns-rke2-coredns', 'openshift-dns/dns-default'];
/** CoreDNS' defaults without the option (coredns/coredns `plugin/kubernetes/README.md`). */
const TTL = 5;

/** The server block that answers for the cluster, and the `kubernetes` line in it. */
interface Serving {
  readonly block: CorefileBlock;
  readonly directive: CorefileDirective;
}

/** Reads the `kubernetes` plugin of the Corefile. What it does not name has CoreDNS' default, which is not what kubeadm writes. */
export function offerCorefile(draft: ProfileDraft, { configMaps }: ResourceIndex): void {
  const map = NAMES.flatMap((name) => configMaps.get(name) ?? []).find(({ data }) => data[KEY] !== undefined);
  const text = map?.data[KEY];
  if (!map || text === undefined) return;
  const at = (why: string) => toldBy(map.ref, `/data/${KEY}`, why);
  draft.offer('dns.corefile', text, at('the Corefile'));
  draft.offer('dns.server', 'coredns', at('only CoreDNS has a Corefile'));
  const serving = parseCorefile(text).flatMap((block): readonly Serving[] =>
    block.directives.filter(({ name }) => name === 'kubernetes').map((directive) => ({ block, directive })),
  );
  const [first] = serving;
  if (!first) return;
  const zones = [...new Set(serving.flatMap(zonesOf))];
  draft.offer('dns.zones', zones, at('the zones of the `kubernetes` plugin'));
  const domain = zones.find((zone) => zone !== '.' && !zone.endsWith('.arpa.'));
  draft.offer('clusterDomain', domain?.slice(0, -1), at('the first forward zone of the `kubernetes` plugin'));
  offerOptions(draft, map, first.directive, at);
}

/** The zones of the line, else those of its block. */
function zonesOf({ block, directive }: Serving): readonly string[] {
  const written = directive.arguments.length > 0 ? directive.arguments : block.keys.map(hostOfKey);
  return absoluteZones(written);
}

/** `dns://cluster.local:53` without scheme and port. */
function hostOfKey(key: string): string {
  return key.replace(/^\w+:\/\//, '').replace(/:\d+$/, '');
}

function offerOptions(draft: ProfileDraft, map: ConfigMap, { options }: CorefileDirective, at: (why: string) => Finding): void {
  const words = (name: string) => options.find(([option]) => option === name)?.slice(1);
  const byDefault = defaultOf(map.ref, `/data/${KEY}`, "CoreDNS' default without the option");
  const pods = words('pods')?.[0];
  draft.offer(
    'dns.pods',
    pods === 'insecure' || pods === 'verified' || pods === 'disabled' ? pods : undefined,
    at('`pods` of the `kubernetes` plugin'),
  );
  draft.offer('dns.pods', 'disabled', byDefault);
  const ttl = Number(words('ttl')?.[0]);
  draft.offer('dns.ttl', Number.isInteger(ttl) && ttl >= 0 && ttl <= 3600 ? ttl : undefined, at('`ttl` of the `kubernetes` plugin'));
  draft.offer('dns.ttl', TTL, byDefault);
  draft.offer('dns.namespaces', words('namespaces'), at('`namespaces` of the `kubernetes` plugin'));
  draft.offer('dns.endpointPodNames', words('endpoint_pod_names') && true, at('`endpoint_pod_names` of the `kubernetes` plugin'));
  const ignored = words('ignore')?.[0] === 'empty_service' || undefined;
  draft.offer('dns.ignoreEmptyService', ignored, at('`ignore empty_service` of the `kubernetes` plugin'));
  const through = words('fallthrough');
  draft.offer('dns.fallthrough', through && absoluteZones(through), at('`fallthrough` of the `kubernetes` plugin'));
}
