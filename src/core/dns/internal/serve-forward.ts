import { isWithin } from '../dns-name.js';
import type { ServerAnswer } from '../server-answer.js';
import { after, emptyAnswer, type Next, type Serving } from './serving.js';
import type { ForwardPlugin } from './plugin.js';

/** Names below the plugin's zone go to other resolvers; what they answer is known only where the question says so (coredns `plugin/forward/README.md`). */
export function serveForward({ from, to, except, forceTcp }: ForwardPlugin, name: string, serving: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  if (!isWithin(from, lower) || except.some((zone) => isWithin(zone, lower))) return next(name);
  const { behind } = serving;
  if (!behind || !leadsToCluster(to, behind.addresses)) return forwarded(name, serving, to);
  const message = `NodeLocal DNSCache asks the cluster’s DNS server for \`${name}\`${forceTcp ? ' over TCP (`force_tcp`)' : ''}`;
  return after({ reason: 'FORWARDED_TO_CLUSTER', message }, behind.ask(name));
}

/** Whether one of the targets of `forward` is the cluster's DNS server: `10.96.0.10`, `dns://10.96.0.10:53`. */
export function leadsToCluster(to: readonly string[], addresses: ReadonlySet<string>): boolean {
  return to.some((target) => addresses.has(target) || addresses.has(hostOf(target)));
}

function hostOf(target: string): string {
  const host = target.replace(/^\w+:\/\//, '');
  const [, bracketed] = /^\[(.+)\](?::\d+)?$/.exec(host) ?? [];
  return bracketed ?? (host.split(':').length === 2 ? (host.split(':')[0] ?? host) : host);
}

/** Behind the last plugin: what the question says of the outside, or REFUSED. */
export function serveNobody(name: string, serving: Serving): ServerAnswer {
  if (serving.upstream?.(name, serving.type)) return forwarded(name, serving, []);
  const message = `the server serves no zone of \`${name}\` and forwards it nowhere`;
  return emptyAnswer('REFUSED', { reason: 'NOT_IN_ZONE', message });
}

/** A target is an address, or a file that lists some (coredns `plugin/forward/README.md`). */
function targetText(target: string): string {
  return target.startsWith('/') ? `the servers in its \`${target}\`` : `\`${target}\``;
}

function forwarded(name: string, { upstream, type }: Serving, to: readonly string[]): ServerAnswer {
  const where = to.length === 0 ? 'its upstream resolver' : to.map(targetText).join(', ');
  const message = `\`${name}\` is not the cluster's: the server asks ${where}`;
  const known = upstream?.(name, type);
  const answer = emptyAnswer(known && (known.rcode ?? 'NOERROR'), { reason: 'FORWARDED_UPSTREAM', message });
  return { ...answer, forwardedTo: to, ...(known && { answer: known.records, truncated: known.truncated }) };
}
