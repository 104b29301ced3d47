import type { ClusterApi } from '../api.js';
import { listFile } from '../api.js';
import { checkCount, type PackContext, readJson } from '../pack.js';
import { compareJson, type Outcome, type SetResult, SetTally } from '../set-result.js';
import type { Case, Group } from './services-dns-case.js';
import { IN_PROCESS } from './services-dns-in-process.js';

interface Index {
  readonly sets: readonly {
    readonly set: string;
    readonly file: string;
    readonly cases: number;
    readonly groups: readonly { readonly group: string; readonly cases: number }[];
  }[];
}

interface ResourceRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number | null;
  readonly data: string;
}

/** How one set is asked over HTTP: the cluster's profile, its objects, and one case. */
interface SetRunner {
  /** Undefined: the setup needs something that is not modelled. */
  profile(config: Readonly<Record<string, unknown>>): object | undefined;
  objects(directory: string, group: Group): readonly unknown[];
  /** The question and its input. */
  question(one: Case): readonly [string, object];
  /** The part of the answer that counts, brought into the shape of `expected`. */
  actual(answer: Answer): unknown;
  expected(one: Case): unknown;
}

interface Answer {
  readonly verdict: string;
  readonly result: Readonly<Record<string, unknown>>;
}

const DNS: SetRunner = {
  profile: (config) => {
    const options = config['kubernetes'] as Readonly<Record<string, unknown>>;
    const { zones, ttl, pods, namespaces, ignoreEmptyService, endpointPodNames, fallthrough } = options;
    const { corefile, serverIPs } = config;
    const dns = { server: 'coredns', corefile, zones, ttl, pods, namespaces, ignoreEmptyService, endpointPodNames, serverIPs };
    return { dns: fallthrough === null ? dns : { ...dns, fallthrough } };
  },
  objects: (directory, group) => readJson<{ items: readonly unknown[] }>(directory, 'dns', group.fixture ?? '').items,
  question: ({ input }) => {
    const { name, type, upstream } = input as {
      name: string;
      type: string;
      upstream?: { records: readonly ResourceRecord[]; truncated: boolean };
    };
    const outside = upstream && { upstream: upstream.records.map(zoneFileLine), upstreamTruncated: upstream.truncated };
    return ['resolve-name', { name, type, ...outside }];
  },
  actual: ({ result }) =>
    isOrdered(result['answer']) ? responseOf(result) : { ...responseOf(result), order: 'a CNAME stands after other records' },
  expected: ({ expect }) => responseOf(expect),
};

function zoneFileLine({ name, type, ttl, data }: ResourceRecord): string {
  return `${name} ${ttl ?? 5} IN ${type} ${data}`;
}

/** A response as the pack's README compares it: each section as a multiset, of an SOA only the primary name server. */
function responseOf(response: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    rcode: response['rcode'],
    truncated: response['truncated'],
    answer: recordsOf(response['answer']),
    authority: recordsOf(response['authority']),
    additional: recordsOf(response['additional']),
  };
}

/** A CNAME stands before the records it leads to; the pack's own lists are sorted. */
function isOrdered(section: unknown): boolean {
  const types = ((section ?? []) as readonly ResourceRecord[]).map(({ type }) => type);
  return types.lastIndexOf('CNAME') < types.filter((type) => type === 'CNAME').length;
}

function recordsOf(section: unknown): readonly string[] {
  const records = (section ?? []) as readonly ResourceRecord[];
  return records.map(({ name, type, data }) => `${name} ${type} ${type === 'SOA' ? data.split(' ')[0] : data}`).sort();
}

const FLOWS: SetRunner = {
  profile: ({ podCIDRs, serviceCIDRs, proxyMode, detectLocal, masqueradeAll, localhostNodePorts, nodePortAddresses }) => ({
    podCIDRs,
    serviceCIDRs,
    proxy: {
      mode: proxyMode,
      podCIDRs,
      detectLocal,
      masqueradeAll,
      localhostNodePorts,
      ...(nodePortAddresses === null ? {} : { nodePortAddresses }),
    },
  }),
  objects: (_directory, group) => group.objects ?? [],
  question: ({ input }) => {
    const { node, sourceIP, destIP, destPort, protocol } = input as Readonly<Record<string, string>>;
    return ['resolve-service', { node, sourceIP, to: `ip/${destIP}`, port: String(destPort), protocol }];
  },
  actual: ({ verdict, result }) => {
    const { endpoints, masquerade } = result as { endpoints: readonly { endpoint: string }[]; masquerade: boolean };
    return { verdict, masquerade, endpoints: endpoints.map(({ endpoint }) => endpoint).sort() };
  },
  expected: ({ expect }) => ({ ...expect, endpoints: [...(expect['endpoints'] as readonly string[])].sort() }),
};

const RUNNERS: Readonly<Record<string, SetRunner>> = { dns: DNS, flows: FLOWS, 'flows-nftables': FLOWS };

/** Runs `shared/conformance/services-dns`. */
export async function* servicesDnsPack(context: PackContext): AsyncIterable<SetResult> {
  for (const entry of readJson<Index>(context.directory, 'index.json').sets) {
    if (!context.wants(entry.set)) continue;
    const { groups } = readJson<{ groups: readonly Group[] }>(context.directory, entry.file);
    for (const [position, { group, cases }] of entry.groups.entries()) {
      checkCount(`${entry.set} ${group}`, cases, groups[position]?.group === group ? (groups[position]?.cases.length ?? 0) : 0);
    }
    const count = groups.reduce((sum, group) => sum + group.cases.length, 0);
    checkCount(entry.set, entry.cases, count);
    yield await runSet(context, entry.set, groups);
  }
}

async function runSet(context: PackContext, set: string, groups: readonly Group[]): Promise<SetResult> {
  const runner = RUNNERS[set];
  const evaluate = IN_PROCESS[set];
  const tally = new SetTally(set, context.known, evaluate !== undefined);
  for (const group of groups) {
    if (runner) await runGroup(context, runner, group, tally);
    else for (const one of group.cases) await tally.run(one.id, () => evaluate?.(group, one) ?? 'unsupported');
  }
  return tally.result();
}

async function runGroup(context: PackContext, runner: SetRunner, group: Group, tally: SetTally): Promise<void> {
  const profile = runner.profile(group.config);
  if (!profile) {
    for (const one of group.cases) await tally.run(one.id, () => 'unsupported');
    return;
  }
  const objects = [...runner.objects(context.directory, group), ...(group.applyAfterImport ?? [])];
  await context.api.withCluster(profile, [listFile(objects)], async (cluster) => {
    for (const one of group.cases) await tally.run(one.id, () => runCase(cluster, runner, one));
  });
}

async function runCase(cluster: ClusterApi, runner: SetRunner, one: Case): Promise<Outcome> {
  const [question, input] = runner.question(one);
  const answer = (await cluster.ask(question, input)) as Answer;
  return compareJson(runner.expected(one), runner.actual(answer));
}
