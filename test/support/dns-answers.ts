import type { DnsRecord, QueryType } from '../../src/core/dns/dns-record.js';
import { parseRecord } from '../../src/core/dns/parse-record.js';
import { resolveRecord } from '../../src/core/dns/resolve-record.js';
import type { ServerAnswer } from '../../src/core/dns/server-answer.js';
import { upstreamOf } from '../../src/core/dns/upstream-of.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { modelOf } from './model.js';
import { serviceCluster } from './service-cluster.js';

/** How a question is put to the DNS server of a cluster in the notation of `serviceCluster`. */
export interface DnsSetup {
  readonly rules: string;
  /** The imported Corefile; undefined: there is none. */
  readonly corefile?: string | undefined;
  readonly dns?: ProfileSettings | undefined;
  /** What the world outside knows, as zone-file lines. */
  readonly upstream?: readonly string[] | undefined;
  readonly client?: string | undefined;
  readonly objects?: readonly KubernetesObject[] | undefined;
}

const RANGES = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };

/** The ConfigMap that holds a Corefile. */
export function corefileMap(corefile: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-system', name: 'coredns' }, data: { Corefile: corefile } };
}

/** CoreDNS with its ConfigMap mounted at `/etc/coredns`, in which zone files stand beside the Corefile. */
export function mountedFiles(files: Readonly<Record<string, string>>): readonly KubernetesObject[] {
  const container = { name: 'coredns', image: 'coredns', volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns' }] };
  const volumes = [{ name: 'config-volume', configMap: { name: 'coredns' } }];
  const deployment: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'kube-system', name: 'coredns' },
    spec: {
      selector: { matchLabels: { app: 'dns' } },
      template: { metadata: { labels: { app: 'dns' } }, spec: { containers: [container], volumes } },
    },
  };
  return [{ ...corefileMap(files['Corefile'] ?? ''), data: files }, deployment];
}

/** What the server answers at revision 7. */
export function askDns(name: string, type: QueryType, { rules, corefile, dns, upstream, client, objects = [] }: DnsSetup): ServerAnswer {
  const maps = corefile === undefined ? [] : [corefileMap(corefile)];
  const model = modelOf([...serviceCluster(rules), ...maps, ...objects], { ...RANGES, ...(dns && { dns }) });
  const records = upstream?.map((text) => {
    const record = parseRecord(text);
    if (!record.ok) throw new Error(record.error);
    return record.value;
  });
  return resolveRecord({ model, serial: 7, upstream: records && upstreamOf(records, false) }, { name, type, client });
}

/** `A 10.96.0.10`; the owner stands in front where it is not the name that was asked for. */
function told(records: readonly DnsRecord[], asked: string): string {
  return records
    .map(({ name, type, data }) => `${name === asked ? '' : `${name} `}${type} ${data}`)
    .sort()
    .join(', ');
}

/** `NOERROR A 10.96.0.10`, `NODATA`, `NXDOMAIN`; additional records follow a plus; a negative answer without a SOA says so. */
export function dnsLine(name: string, answer: ServerAnswer): string {
  const { rcode, authority } = answer;
  const soa = authority.some(({ type }) => type === 'SOA');
  const records = told(answer.answer, name);
  const additional = told(answer.additional, name);
  if (rcode === undefined) return `unknown${records}`;
  if (rcode === 'REFUSED' || rcode === 'SERVFAIL') return rcode;
  if (answer.answer.length === 0) return `${rcode === 'NOERROR' ? 'NODATA' : rcode}${soa ? '' : ' without SOA'}`;
  return `${rcode} ${records}${additional === '' ? '' : ` + ${additional}`}`;
}
