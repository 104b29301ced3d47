import { readJson } from '../pack.js';
import type { SetRunner } from './services-dns-set-runner.js';

interface ResourceRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number | null;
  readonly data: string;
}

/** Set `dns` over HTTP. */
export const NAMES: SetRunner = {
  profile: (config) => {
    const options = config['kubernetes'] as Readonly<Record<string, unknown>>;
    const { zones, ttl, pods, namespaces, ignoreEmptyService, endpointPodNames, fallthrough } = options;
    const { corefile, serverIPs } = config;
    const dns = { server: 'coredns', corefile, zones, ttl, pods, namespaces, ignoreEmptyService, endpointPodNames, serverIPs };
    return { dns: fallthrough === null ? dns : { ...dns, fallthrough } };
  },
  objects: (directory, group) => readJson<{ items: readonly unknown[] }>(directory, 'dns', group.fixture ?? '').items,
  question: ({ input }, objects) => {
    const { name, type, clientIP, upstream } = input as {
      name: string;
      type: string;
      clientIP?: string;
      upstream?: { records: readonly ResourceRecord[]; truncated: boolean };
    };
    const outside = upstream && { upstream: upstream.records.map(zoneFileLine), upstreamTruncated: upstream.truncated };
    return ['resolve-name', { name, type, ...askerWith(clientIP, objects), ...outside }];
  },
  actual: ({ result }) => orderedResponseOf(result),
  expected: ({ expect }) => responseOf(expect),
};

/** A client is a pod of the model, or nobody in particular: the server tells no other clients apart. */
function askerWith(clientIP: string | undefined, objects: readonly unknown[]): { readonly from?: string } {
  const pods = objects as readonly { readonly kind: string; readonly status?: { readonly podIP?: string } }[];
  const isPod = clientIP !== undefined && pods.some(({ kind, status }) => kind === 'Pod' && status?.podIP === clientIP);
  return isPod ? { from: `ip/${clientIP}` } : {};
}

function zoneFileLine({ name, type, ttl, data }: ResourceRecord): string {
  return `${name} ${ttl ?? 5} IN ${type} ${data}`;
}

/** A response as the pack's README compares it: each section as a multiset, of an SOA only the primary name server; a CNAME stands before the records it leads to. */
export function orderedResponseOf(response: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (isOrdered(response['answer'])) return responseOf(response);
  return { ...responseOf(response), order: 'a CNAME stands after other records' };
}

/** What the pack says of a response, in the same form; its lists are sorted, so that their order says nothing. */
export function responseOf(response: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    rcode: response['rcode'],
    truncated: response['truncated'],
    answer: recordsOf(response['answer']),
    authority: recordsOf(response['authority']),
    additional: recordsOf(response['additional']),
  };
}

function isOrdered(section: unknown): boolean {
  const types = ((section ?? []) as readonly ResourceRecord[]).map(({ type }) => type);
  return types.lastIndexOf('CNAME') < types.filter((type) => type === 'CNAME').length;
}

function recordsOf(section: unknown): readonly string[] {
  const records = (section ?? []) as readonly ResourceRecord[];
  return records.map(({ name, type, data }) => `${name} ${type} ${type === 'SOA' ? data.split(' ')[0] : data}`).sort();
}
