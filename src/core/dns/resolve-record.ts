import { absoluteName } from './dns-name.js';
import type { DnsRecord } from './dns-record.js';
import { servePlugins } from './internal/serve-plugins.js';
import { blockOf, serverPlan } from './internal/server-plan.js';
import type { Serving } from './internal/serving.js';
import { serveNobody } from './internal/serve-forward.js';
import type { DnsQuestion, NameServer, ServerAnswer } from './server-answer.js';

/**
 * Answers one question as the cluster's DNS server does: the server block with the longest zone, its plugins in CoreDNS' own order (coredns `plugin.cfg`), whatever
 * the order in the Corefile. Serves HTTP and the wire.
 */
export function resolveRecord(server: NameServer, question: DnsQuestion): ServerAnswer {
  return resolveLinked(server, question, []);
}

function resolveLinked(server: NameServer, { name, type, client }: DnsQuestion, links: readonly DnsRecord[]): ServerAnswer {
  const absolute = absoluteName(name);
  const serving: Serving = {
    type,
    client,
    serial: server.serial,
    upstream: server.upstream,
    links,
    ask: (target, wanted, more) => resolveLinked(server, { name: target, type: wanted, client }, more),
  };
  const block = blockOf(serverPlan(server.model), absolute.toLowerCase());
  return block ? servePlugins(block, absolute, serving) : serveNobody(absolute, serving);
}
