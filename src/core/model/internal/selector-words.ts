/** How a selector's first word is completed: what stands behind the slash. */
export type SelectorShape = 'namespaced' | 'named' | 'address' | 'prefix' | 'name' | 'url';

/** A first word of the grammar. */
export interface SelectorWord {
  /** The canonical spelling. */
  readonly word: string;
  /** The kind as Kubernetes spells it; empty where the word names no kind. */
  readonly kind: string;
  readonly shape: SelectorShape;
  /** kubectl's other spellings of the kind (`kubectl api-resources`: plural, singular, short names). */
  readonly aliases: readonly string[];
}

/** Every first word, in the order the grammar lists them. */
const SELECTOR_WORDS: readonly SelectorWord[] = [
  { word: 'pod', kind: 'Pod', shape: 'namespaced', aliases: ['pods', 'po'] },
  { word: 'deploy', kind: 'Deployment', shape: 'namespaced', aliases: ['deployment', 'deployments'] },
  { word: 'sts', kind: 'StatefulSet', shape: 'namespaced', aliases: ['statefulset', 'statefulsets'] },
  { word: 'ds', kind: 'DaemonSet', shape: 'namespaced', aliases: ['daemonset', 'daemonsets'] },
  { word: 'rs', kind: 'ReplicaSet', shape: 'namespaced', aliases: ['replicaset', 'replicasets'] },
  { word: 'job', kind: 'Job', shape: 'namespaced', aliases: ['jobs'] },
  { word: 'cronjob', kind: 'CronJob', shape: 'namespaced', aliases: ['cronjobs', 'cj'] },
  { word: 'rc', kind: 'ReplicationController', shape: 'namespaced', aliases: ['replicationcontroller', 'replicationcontrollers'] },
  { word: 'svc', kind: 'Service', shape: 'namespaced', aliases: ['service', 'services'] },
  { word: 'node', kind: 'Node', shape: 'named', aliases: ['nodes', 'no'] },
  { word: 'ns', kind: 'Namespace', shape: 'named', aliases: ['namespace', 'namespaces'] },
  { word: 'ip', kind: '', shape: 'address', aliases: [] },
  { word: 'cidr', kind: '', shape: 'prefix', aliases: [] },
  { word: 'dns', kind: '', shape: 'name', aliases: [] },
  { word: 'url', kind: '', shape: 'url', aliases: [] },
];

const BY_SPELLING: ReadonlyMap<string, SelectorWord> = new Map(
  SELECTOR_WORDS.flatMap((entry) => [entry.word, ...entry.aliases].map((spelling): [string, SelectorWord] => [spelling, entry])),
);

/** The grammar in one line, for hints. */
export const SELECTOR_GRAMMAR =
  '`pod/<ns>/<name>`, `deploy|sts|ds|rs|job|cronjob|rc/<ns>/<name>`, `svc/<ns>/<name>[:port]`, `node/<name>`, `ns/<name>`, `ip/<addr>`, ' +
  '`cidr/<prefix>`, `dns/<name>`, `url/<https://host/path>`, `label:<k=v,…>@<ns|*>`, `internet` or `any`';

/** What a spelling means, whatever its case; undefined: no first word of the grammar. */
export function selectorWord(spelling: string): SelectorWord | undefined {
  return BY_SPELLING.get(spelling.toLowerCase());
}

/** The canonical word of a workload kind: `deploy` of `Deployment`. */
export function wordOfKind(kind: string): string {
  return SELECTOR_WORDS.find((entry) => entry.kind === kind)?.word ?? kind.toLowerCase();
}

/** Every spelling that a first word may have, aliases too: what a typing error is compared with. */
export function selectorSpellings(): Iterable<string> {
  return BY_SPELLING.keys();
}
