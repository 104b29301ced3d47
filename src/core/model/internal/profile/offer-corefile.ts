import type { Labels } from '../../../resources/resource.js';
import { parseCorefile } from '../../corefile.js';
import { type KubernetesPlugin, readKubernetesPlugin } from '../../kubernetes-plugin.js';
import type { ResourceIndex } from '../resource-index.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { defaultOf, toldBy } from './told-by.js';

const KEY = 'Corefile';
/** Where installers keep it: kubeadm and most others, RKE2, OpenShift. NodeLocal DNSCache's own Corefile is another server's. */
const NAMES = ['kube-system/coredns', 'kube-system/rke2-coredns-rke2-coredns', 'openshift-dns/dns-default'];
/** CoreDNS' default without the option (coredns/coredns `plugin/kubernetes/README.md`). */
const TTL = 5;

/** How the fields of a Corefile are told: what stands in it, and what CoreDNS takes where it says nothing. */
interface Teller {
  readonly at: (why: string) => Finding;
  readonly byDefault: Finding;
}

/** Reads the `kubernetes` plugin of the Corefile, of the one that is set before the imported one. What it does not name has CoreDNS' default, which is not what kubeadm writes. */
export function offerCorefile(draft: ProfileDraft, { configMaps }: ResourceIndex, environment: Labels = {}): void {
  // A Corefile beside kube-dns is that of a server which does not answer.
  if (draft.get('dns.server') === 'kube-dns') return;
  const map = NAMES.flatMap((name) => configMaps.get(name) ?? []).find(({ data }) => data[KEY] !== undefined);
  const set = draft.get('dns.corefile');
  const text = set ?? map?.data[KEY];
  if (text === undefined || text === null) return;
  const why = "CoreDNS' default without the option";
  const teller: Teller =
    map && set === undefined
      ? { at: (said) => toldBy(map.ref, `/data/${KEY}`, said), byDefault: defaultOf(map.ref, `/data/${KEY}`, why) }
      : {
          at: (said) => ({ provenance: 'derived', why: `${said}, in the Corefile that is set` }),
          byDefault: { provenance: 'defaulted', why },
        };
  const { at } = teller;
  draft.offer('dns.corefile', text, at('the Corefile'));
  draft.offer('dns.server', 'coredns', at('only CoreDNS has a Corefile'));
  const serving = parseCorefile(text, environment).flatMap((block) =>
    block.directives.filter(({ name }) => name === 'kubernetes').map((directive) => readKubernetesPlugin(block, directive)),
  );
  const [first] = serving;
  const zones = [...new Set(serving.flatMap((plugin) => plugin.zones))];
  draft.offer('dns.zones', zones, at('the zones of the `kubernetes` plugin'));
  const domain = zones.find((zone) => zone !== '.' && !zone.endsWith('.arpa.'));
  draft.offer('clusterDomain', domain?.slice(0, -1), at('the first forward zone of the `kubernetes` plugin'));
  if (first) offerOptions(draft, first, teller);
}

function offerOptions(draft: ProfileDraft, plugin: KubernetesPlugin, { at, byDefault }: Teller): void {
  draft.offer('dns.pods', plugin.pods, at('`pods` of the `kubernetes` plugin'));
  draft.offer('dns.pods', 'disabled', byDefault);
  draft.offer('dns.ttl', plugin.ttl, at('`ttl` of the `kubernetes` plugin'));
  draft.offer('dns.ttl', TTL, byDefault);
  draft.offer('dns.namespaces', plugin.namespaces, at('`namespaces` of the `kubernetes` plugin'));
  draft.offer('dns.endpointPodNames', plugin.endpointPodNames, at('`endpoint_pod_names` of the `kubernetes` plugin'));
  draft.offer('dns.ignoreEmptyService', plugin.ignoreEmptyService, at('`ignore empty_service` of the `kubernetes` plugin'));
  draft.offer('dns.fallthrough', plugin.fallthrough, at('`fallthrough` of the `kubernetes` plugin'));
}
