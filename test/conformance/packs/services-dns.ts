import type { ClusterApi } from '../api.js';
import { listFile } from '../api.js';
import { checkCount, type PackContext, readJson } from '../pack.js';
import { compareJson, type Outcome, type SetResult, SetTally } from '../set-result.js';
import type { Case, Group } from './services-dns-case.js';
import { IN_PROCESS } from './services-dns-in-process.js';
import { NAMES } from './services-dns-names.js';
import type { Answer, SetRunner } from './services-dns-set-runner.js';
import { runOnWire } from './services-dns-wire.js';

interface Index {
  readonly sets: readonly {
    readonly set: string;
    readonly file: string;
    readonly cases: number;
    readonly groups: readonly { readonly group: string; readonly cases: number }[];
  }[];
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

const RUNNERS: Readonly<Record<string, SetRunner>> = { dns: NAMES, flows: FLOWS, 'flows-nftables': FLOWS };

/** Set `dns` is asked over these too, as sets `dns-udp` and `dns-tcp`. */
const TRANSPORTS = ['udp', 'tcp'] as const;

/** Runs `shared/conformance/services-dns`. */
export async function* servicesDnsPack(context: PackContext): AsyncIterable<SetResult> {
  for (const entry of readJson<Index>(context.directory, 'index.json').sets) {
    const transports = entry.set === 'dns' ? TRANSPORTS.filter((transport) => context.wants(`dns-${transport}`)) : [];
    if (!context.wants(entry.set) && transports.length === 0) continue;
    const { groups } = readJson<{ groups: readonly Group[] }>(context.directory, entry.file);
    for (const [position, { group, cases }] of entry.groups.entries()) {
      checkCount(`${entry.set} ${group}`, cases, groups[position]?.group === group ? (groups[position]?.cases.length ?? 0) : 0);
    }
    const count = groups.reduce((sum, group) => sum + group.cases.length, 0);
    checkCount(entry.set, entry.cases, count);
    if (context.wants(entry.set)) yield await runSet(context, entry.set, groups);
    for (const transport of transports) yield await runOnWire(context, transport, groups);
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
    for (const one of group.cases) await tally.run(one.id, () => runCase(cluster, runner, one, objects));
  });
}

async function runCase(cluster: ClusterApi, runner: SetRunner, one: Case, objects: readonly unknown[]): Promise<Outcome> {
  const [question, input] = runner.question(one, objects);
  const answer = (await cluster.ask(question, input)) as Answer;
  return compareJson(runner.expected(one), runner.actual(answer));
}
