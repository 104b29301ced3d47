import { absoluteZones } from './absolute-zones.js';
import {
  type CorefileBlock,
  type CorefileDirective,
  type CorefileLine,
  hostOfKey,
  readsEnvironment,
  unknownVariables,
} from './corefile.js';
import type { DnsProfile } from './network-profile.js';

/** Something in a Corefile that is not understood, or that the server would refuse. */
export interface CorefileProblem {
  /** Counts from 1. */
  readonly line: number;
  readonly plugin: string;
  /** What is wrong, to follow on "line 7: `kubernetes`". */
  readonly message: string;
}

/** The `kubernetes` line of a Corefile. Undefined: the line does not tell. */
export interface KubernetesPlugin {
  /** Zones of the line, else those of its block; absolute, lower case. */
  readonly zones: readonly string[];
  readonly pods: DnsProfile['pods'] | undefined;
  readonly ttl: number | undefined;
  readonly namespaces: readonly string[] | undefined;
  /** Label selectors as text. */
  readonly namespaceLabels: string | undefined;
  readonly labels: string | undefined;
  readonly endpointPodNames: boolean | undefined;
  readonly ignoreEmptyService: boolean | undefined;
  readonly noEndpoints: boolean;
  readonly zonal: boolean;
  /** Absolute, lower case. */
  readonly multiclusterZones: readonly string[];
  /** Undefined: off; empty: every zone. */
  readonly fallthrough: readonly string[] | undefined;
  readonly problems: readonly CorefileProblem[];
}

const POD_MODES = ['disabled', 'insecure', 'verified'] as const;
/** Options that change no answer of a server that has synchronised with its cluster. */
const SILENT = new Set(
  'endpoint tls kubeconfig resyncperiod upstream transfer startup_timeout apiserver_qps apiserver_burst apiserver_max_inflight'.split(' '),
);
const KNOWN = new Set(
  'pods ttl namespaces namespace_labels labels endpoint_pod_names ignore noendpoints zonal multicluster fallthrough'.split(' '),
);

/** Reads the options of the `kubernetes` plugin (coredns `plugin/kubernetes/setup.go` ParseStanza). A value it would refuse counts as not given, and is told. */
export function readKubernetesPlugin({ keys }: CorefileBlock, directive: CorefileDirective): KubernetesPlugin {
  const { options, line } = directive;
  const problems: CorefileProblem[] = [];
  const report = (at: number, message: string) => void problems.push({ line: at, plugin: 'kubernetes', message });
  const option = (name: string) => options.findLast(({ words }) => words[0] === name);
  const rest = (name: string) => option(name)?.words.slice(1);
  const written = directive.arguments.length > 0 ? directive.arguments : keys.map(hostOfKey);
  if (written.some(readsEnvironment))
    report(line, `its zones stand in ${unknownVariables(written)} of the server’s environment, which is not known`);
  const zones = absoluteZones(written.filter((word) => !readsEnvironment(word)));
  for (const one of options) checkOption(one, report);
  const selector = (name: string) => rest(name)?.join(' ');
  const plugin = {
    zones,
    pods: POD_MODES.find((mode) => mode === rest('pods')?.[0]),
    ttl: ttlOf(rest('ttl')?.[0]),
    namespaces: namespacesOf(options),
    namespaceLabels: selector('namespace_labels'),
    labels: selector('labels'),
    endpointPodNames: option('endpoint_pod_names') && true,
    ignoreEmptyService: rest('ignore')?.[0] === 'empty_service' || undefined,
    noEndpoints: option('noendpoints') !== undefined,
    zonal: option('zonal') !== undefined,
    multiclusterZones: absoluteZones(rest('multicluster') ?? []),
    fallthrough: option('fallthrough') && absoluteZones(rest('fallthrough') ?? []),
    problems,
  };
  if (plugin.zonal && plugin.noEndpoints) report(line, '`zonal` and `noendpoints` exclude one another: CoreDNS does not start');
  if (plugin.namespaces && plugin.namespaceLabels !== undefined)
    report(line, '`namespaces` and `namespace_labels` exclude one another: CoreDNS does not start');
  const foreign = plugin.multiclusterZones.find((zone) => !zones.includes(zone));
  if (foreign !== undefined) report(line, `the multicluster zone \`${foreign}\` is none of its zones: CoreDNS does not start`);
  return plugin;
}

/** `namespaces` may stand several times; the lists add up. */
function namespacesOf(options: readonly CorefileLine[]): readonly string[] | undefined {
  const lines = options.filter(({ words }) => words[0] === 'namespaces');
  return lines.length === 0 ? undefined : lines.flatMap(({ words }) => words.slice(1));
}

function ttlOf(text: string | undefined): number | undefined {
  const ttl = Number(text);
  return text !== undefined && Number.isInteger(ttl) && ttl >= 0 && ttl <= 3600 ? ttl : undefined;
}

function checkOption({ line, words }: CorefileLine, report: (line: number, message: string) => void): void {
  const [name = '', value] = words;
  if (name === '}' || name === '{' || SILENT.has(name)) return;
  if (!KNOWN.has(name)) report(line, `\`${name}\` is no option that is known: it is left out`);
  else if (words.some(readsEnvironment))
    report(line, `\`${name}\` stands in ${unknownVariables(words)} of the server’s environment, which is not known`);
  else if (name === 'pods' && !POD_MODES.some((mode) => mode === value))
    report(line, `\`pods ${value ?? ''}\` is none of ${POD_MODES.join(', ')}`);
  else if (name === 'ttl' && ttlOf(value) === undefined) report(line, `\`ttl ${value ?? ''}\` is no number of 0…3600`);
  else if (name === 'ignore' && value !== 'empty_service')
    report(line, `\`ignore ${value ?? ''}\` is not known: only \`empty_service\` is`);
}
