import { absoluteName } from '../dns-name.js';
import type { DnsRecord, Rcode } from '../dns-record.js';
import type { ServerAnswer } from '../server-answer.js';
import type { DnsDecision } from './candidate.js';
import { zoneOf } from './falls-through.js';
import { isKnown } from './kubernetes-server.js';
import type { AutopathPlugin } from './plugin.js';
import { after, type Next, type Serving } from './serving.js';

/** Replies after which the walk goes on; the two others are what no plugin wrote. */
const PASSED_OVER: ReadonlySet<Rcode | undefined> = new Set<Rcode>(['NXDOMAIN', 'SERVFAIL', 'REFUSED']);

/**
 * `autopath @kubernetes` (coredns `plugin/autopath/autopath.go`, `plugin/kubernetes/autopath.go`): a name that ends in the first search domain of the asking pod is
 * walked along the search list here. The first reply that is not NXDOMAIN counts, with a CNAME from the name that was asked; none: the first reply.
 */
export function serveAutopath(plugin: AutopathPlugin, name: string, serving: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  const zone = zoneOf(plugin.zones, lower) === undefined ? undefined : zoneOf(plugin.server.options.zones, lower);
  const namespace = zone === undefined ? undefined : namespaceOf(plugin, serving.client);
  if (zone === undefined || namespace === undefined) return next(name);
  const below = zone === '.' ? '' : zone;
  const [first, ...others] = [`${namespace}.svc.${below}`, `svc.${below}`, zone, ...plugin.hostSearches];
  if (first === undefined || !lower.endsWith(`.${first}`)) return next(name);
  const base = name.slice(0, name.length - first.length - 1);
  const reply = next(name);
  if (!PASSED_OVER.has(reply.rcode)) return reply;
  for (const search of [...others, '']) {
    const candidate = search === '' || search === '.' ? absoluteName(base) : `${base}.${search}`;
    const answer = next(candidate);
    if (PASSED_OVER.has(answer.rcode)) continue;
    const message = `\`autopath\` walks the search list of namespace \`${namespace}\` itself: \`${candidate}\` answers for \`${name}\``;
    return after({ reason: 'AUTOPATH', message } satisfies DnsDecision, { ...answer, answer: linked(answer.answer, name) });
  }
  return reply;
}

/** The namespace of the pod that asks. Without `pods verified` the server knows no pods, and the plugin does nothing. */
function namespaceOf({ server }: AutopathPlugin, client: string | undefined): string | undefined {
  if (client === undefined || server.options.pods !== 'verified') return undefined;
  for (const owner of server.model.ipOwners.get(client) ?? []) {
    const pod = owner.type === 'pod' ? server.model.pods[owner.pod] : undefined;
    if (pod && !pod.finished && !pod.terminating && isKnown(server, pod)) return pod.namespace;
  }
  return undefined;
}

/** A CNAME from the name that was asked to the first record of another name (coredns `plugin/autopath/cname.go`). */
function linked(records: readonly DnsRecord[], asked: string): readonly DnsRecord[] {
  const other = records.find(({ name }) => name.toLowerCase() !== asked.toLowerCase());
  return other ? [{ name: asked, type: 'CNAME', ttl: other.ttl, data: other.name }, ...records] : records;
}
