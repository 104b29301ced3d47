import { BuiltOnce } from '../../kernel/built-once.js';
import type { Steps } from '../../kernel/steps.js';
import { absoluteZones } from '../../model/absolute-zones.js';
import { type CorefileBlock, hostOfKey, parseCorefile, readsEnvironment, unknownVariables } from '../../model/corefile.js';
import { type CorefileProblem, readKubernetesPlugin } from '../../model/kubernetes-plugin.js';
import type { NetworkModel } from '../../model/network-model.js';
import { isWithin } from '../dns-name.js';
import { parseResolvConf } from '../parse-resolv-conf.js';
import { assumedBlock } from './assumed-block.js';
import { kubeDnsPlan, NODE_RESOLVERS } from './kube-dns-plan.js';
import { type KubernetesServer, kubernetesServer } from './kubernetes-server.js';
import { optionsOfPlugin, optionsOfProfile } from './kubernetes-options.js';
import type { ServerBlock } from './plugin.js';
import { readPlugins } from './read-plugins.js';
import { serverFiles } from './server-files.js';

/** The server blocks of the cluster's DNS server, and what stands between them that is not understood. */
export interface ServerPlan {
  /** Longest zone first: the first that ends a name answers it. */
  readonly blocks: readonly ServerBlock[];
  readonly problems: readonly CorefileProblem[];
}

/** Plans of models that were asked before. A model is immutable, so what was built once stays true. */
export const serverPlans = new BuiltOnce(buildPlan);

/** The plan of a model; built at the first question. */
export function serverPlan(model: NetworkModel): ServerPlan {
  return serverPlans.get(model);
}

/** The block that answers a name, absolute and in lower case; undefined: none. */
export function blockOf({ blocks }: Pick<ServerPlan, 'blocks'>, name: string): ServerBlock | undefined {
  return blocks.find(({ zone }) => isWithin(zone, name));
}

function* buildPlan(model: NetworkModel): Steps<ServerPlan> {
  const { corefile, server } = model.profile.dns;
  if (server === 'kube-dns') return longestFirst(yield* kubeDnsPlan(model));
  if (corefile === undefined) return { blocks: [yield* assumedBlock(model, NODE_RESOLVERS)], problems: [] };
  const written = parseCorefile(corefile, model.dnsSetup.server?.environment);
  const port = servingPort(written);
  const blocks: ServerBlock[] = [];
  const problems: CorefileProblem[] = [];
  const files = serverFiles(model.dnsSetup.server?.files ?? new Map());
  let first = true;
  for (const block of written) {
    const zones = absoluteZones(block.keys.filter((key) => portOf(key) === port && !readsEnvironment(key)).map(hostOfKey));
    if (block.keys.some(readsEnvironment)) problems.push(environmentProblem(block));
    const directive = block.directives.find(({ name }) => name === 'kubernetes');
    const plugin = directive && readKubernetesPlugin(block, directive);
    const kubernetes = directive && plugin && { directive, server: yield* kubernetesServer(model, optionsFor(model, plugin, first)) };
    if (plugin) first = false;
    const read = readPlugins(block.directives, { zones, kubernetes, hostSearches: hostSearches(model), files });
    const own = [...read.problems, ...(plugin?.problems ?? [])];
    if (block.keys.length === 0) problems.push(...own);
    for (const zone of zones) blocks.push({ zone, plugins: read.plugins, cache: read.cache, problems: own });
  }
  return longestFirst({ blocks, problems });
}

function longestFirst({ blocks, problems }: ServerPlan): ServerPlan {
  return { blocks: blocks.toSorted((a, b) => b.zone.length - a.zone.length), problems };
}

/** The profile describes the first `kubernetes` line: what a user sets goes before what stands there. */
function optionsFor(model: NetworkModel, plugin: ReturnType<typeof readKubernetesPlugin>, first: boolean): KubernetesServer['options'] {
  if (!first) return optionsOfPlugin(model, plugin);
  const options = optionsOfProfile(model, plugin);
  const isSet = model.profileSources.get('dns.zones')?.provenance === 'set';
  if (isSet) return options;
  const { zones, primaryZone } = optionsOfPlugin(model, plugin);
  return { ...options, zones, primaryZone };
}

function environmentProblem({ keys, directives }: CorefileBlock): CorefileProblem {
  const message = `the zone \`${keys.join(' ')}\` stands in ${unknownVariables(keys)} of the server’s environment, which is not known: the block is left out`;
  return { line: (directives[0]?.line ?? 1) - 1, plugin: 'server block', message };
}

/** Queries come in by the port on which the block with `kubernetes` listens, plain DNS. */
function servingPort(blocks: readonly CorefileBlock[]): string {
  const serving = blocks.find(({ directives }) => directives.some(({ name }) => name === 'kubernetes'));
  return serving?.keys.map(portOf).find((port) => port !== undefined) ?? '53';
}

/** The port of a key; undefined: another transport than plain DNS. */
function portOf(key: string): string | undefined {
  const [, scheme] = /^(\w+):\/\//.exec(key) ?? [];
  if (scheme !== undefined && scheme !== 'dns') return undefined;
  return /:(\d+)$/.exec(key)?.[1] ?? '53';
}

function hostSearches({ profile }: NetworkModel): readonly string[] {
  const text = profile.dns.hostResolvConf;
  const parsed = typeof text === 'string' ? parseResolvConf(text) : undefined;
  return parsed?.ok ? absoluteZones(parsed.value.searches) : [];
}
