import type { ClusterApi } from '../api.js';
import { listFile } from '../api.js';
import { checkCount, type PackContext, readJson } from '../pack.js';
import { compareJson, type Outcome, type SetResult, SetTally } from '../set-result.js';

interface Index {
  readonly sets: readonly { readonly set: string; readonly file: string; readonly cases: number }[];
}
interface Group {
  readonly group: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly fixture?: string;
  readonly objects?: readonly unknown[];
  readonly applyAfterImport?: readonly unknown[];
  readonly cases: readonly Case[];
}
interface Case {
  readonly id: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
}
interface ResourceRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number | null;
  readonly data: string;
}

/** How one set is asked over HTTP: the cluster's profile, and one case. */
interface SetRunner {
  profile(config: Readonly<Record<string, unknown>>): object;
  objects(directory: string, group: Group): readonly unknown[];
  evaluate(cluster: ClusterApi, one: Case): Promise<Outcome>;
}

const DNS: SetRunner = {
  profile: (config) => {
    const options = config['kubernetes'] as Readonly<Record<string, unknown>>;
    const { zones, ttl, pods, namespaces, ignoreEmptyService, endpointPodNames, fallthrough } = options;
    return {
      dns: { server: 'coredns', corefile: config['corefile'], zones, ttl, pods, namespaces, ignoreEmptyService, endpointPodNames, ...(fallthrough === null ? {} : { fallthrough }), serverIPs: config['serverIPs'] },
    };
  },
  objects: (directory, group) => readJson<{ items: readonly unknown[] }>(directory, 'dns', group.fixture ?? '').items,
  evaluate: async (cluster, one) => {
    const { name, type, clientIP } = one.input;
    const { result } = await cluster.ask('resolve-name', { name, type, ...(clientIP === undefined ? {} : { clientIP }) });
    const actual = (result as { response: Record<string, unknown> }).response;
    return compareResponse(one.expect, actual);
  },
};

function compareResponse(expected: Readonly<Record<string, unknown>>, actual: Readonly<Record<string, unknown>>): Outcome {
  const sections = ['answer', 'authority', 'additional'] as const;
  const normal = (response: Readonly<Record<string, unknown>>) => [response['rcode'], ...sections.map((section) => recordsOf(response[section]))];
  const order = cnameFirst(actual['answer']);
  return order ? compareJson(normal(expected), normal(actual)) : { pass: false, expected: 'a CNAME before the records it leads to', actual };
}

/** Each section as a sorted list of `name type data`; of an SOA only the primary name server counts. */
function recordsOf(section: unknown): readonly string[] {
  const records = (section ?? []) as readonly ResourceRecord[];
  return records.map(({ name, type, data }) => `${name} ${type} ${type === 'SOA' ? data.split(' ')[0] : data}`).sort();
}

function cnameFirst(section: unknown): boolean {
  const types = ((section ?? []) as readonly ResourceRecord[]).map((record) => record.type);
  return !types.includes('CNAME') || types[0] === 'CNAME';
}

const FLOWS: SetRunner = {
  profile: (config) => ({
    podCIDRs: config['podCIDRs'],
    serviceCIDRs: config['serviceCIDRs'],
    proxy: {
      mode: config['proxyMode'],
      podCIDRs: config['podCIDRs'],
      detectLocal: config['detectLocal'],
      masqueradeAll: config['masqueradeAll'],
      localhostNodePorts: config['localhostNodePorts'],
      ...(config['nodePortAddresses'] === null ? {} : { nodePortAddresses: config['nodePortAddresses'] }),
    },
  }),
  objects: (_directory, group) => group.objects ?? [],
  evaluate: async (cluster, one) => {
    const { node, sourceIP, destIP, destPort, protocol } = one.input;
    const { verdict, result } = await cluster.ask('resolve-service', { node, from: `ip/${sourceIP}`, to: `ip/${destIP}`, port: String(destPort), protocol });
    const { endpoints, masquerade } = result as { endpoints: readonly { address: string }[]; masquerade: boolean };
    const { endpoints: wanted, ...rest } = one.expect as { endpoints: readonly string[]; verdict: string; masquerade: boolean };
    return compareJson({ ...rest, endpoints: [...wanted].sort() }, { verdict, masquerade, endpoints: endpoints.map((endpoint) => endpoint.address).sort() });
  },
};

const RUNNERS: Readonly<Record<string, SetRunner>> = { dns: DNS, flows: FLOWS, 'flows-nftables': FLOWS };

/** Runs `shared/conformance/services-dns`. */
export async function* servicesDnsPack(context: PackContext): AsyncIterable<SetResult> {
  for (const entry of readJson<Index>(context.directory, 'index.json').sets) {
    if (!context.wants(entry.set)) continue;
    const { groups } = readJson<{ groups: readonly Group[] }>(context.directory, entry.file);
    checkCount(
      entry.set,
      entry.cases,
      groups.reduce((sum, group) => sum + group.cases.length, 0),
    );
    const tally = new SetTally(entry.set, context.known);
    for (const group of groups) await runGroup(context, RUNNERS[entry.set], group, tally);
    yield tally.result();
  }
}

async function runGroup(context: PackContext, runner: SetRunner | undefined, group: Group, tally: SetTally): Promise<void> {
  if (!runner) {
    for (const one of group.cases) await tally.run(one.id, () => 'unsupported');
    return;
  }
  const objects = [...runner.objects(context.directory, group), ...(group.applyAfterImport ?? [])];
  await context.api.withCluster(runner.profile(group.config), [listFile(objects)], async (cluster) => {
    for (const one of group.cases) await tally.run(one.id, () => runner.evaluate(cluster, one));
  });
}
