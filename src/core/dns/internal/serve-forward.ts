import { isWithin } from '../dns-name.js';
import type { ServerAnswer } from '../server-answer.js';
import { emptyAnswer, type Next, type Serving } from './serving.js';
import type { ForwardPlugin } from './plugin.js';

/** Names below the plugin's zone go to other resolvers; what they answer is known only where the question says so (coredns `plugin/forward/README.md`). */
export function serveForward({ from, to, except }: ForwardPlugin, name: string, serving: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  if (!isWithin(from, lower) || except.some((zone) => isWithin(zone, lower))) return next(name);
  return forwarded(name, serving, to);
}

/** Behind the last plugin: what the question says of the outside, or REFUSED. */
export function serveNobody(name: string, serving: Serving): ServerAnswer {
  if (serving.upstream?.(name, serving.type)) return forwarded(name, serving, []);
  const message = `the server serves no zone of \`${name}\` and forwards it nowhere`;
  return emptyAnswer('REFUSED', { reason: 'NOT_IN_ZONE', message });
}

function forwarded(name: string, { upstream, type }: Serving, to: readonly string[]): ServerAnswer {
  const where = to.length === 0 ? 'its upstream resolver' : to.map((one) => `\`${one}\``).join(', ');
  const message = `\`${name}\` is not the cluster's: the server asks ${where}`;
  const known = upstream?.(name, type);
  const answer = emptyAnswer(known && (known.rcode ?? 'NOERROR'), { reason: 'FORWARDED_UPSTREAM', message });
  return { ...answer, forwardedTo: to, ...(known && { answer: known.records, truncated: known.truncated }) };
}
