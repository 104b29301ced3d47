import { absoluteName } from './dns-name.js';
import type { DnsRecord } from './dns-record.js';
import { servePlugins } from './internal/serve-plugins.js';
import { blockOf, serverPlan } from './internal/server-plan.js';
import type { Serving } from './internal/serving.js';
import { serveNobody } from './internal/serve-forward.js';
import type { NodeLocalPlan } from './internal/node-local-plan.js';
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
    behind: undefined,
    ask: (target, wanted, more) => resolveLinked(server, { name: target, type: wanted, client }, more),
  };
  const block = blockOf(serverPlan(server.model), absolute.toLowerCase());
  return block ? servePlugins(block, absolute, serving) : serveNobody(absolute, serving);
}

/**
 * Answers one question as NodeLocal DNSCache does: by its own blocks, which forward names of the cluster to the cluster's DNS server and others past it. That server sees the node's
 * address, not the pod's.
 */
export function resolveAtNode(server: NameServer, plan: NodeLocalPlan, { name, type }: DnsQuestion): ServerAnswer {
  const absolute = absoluteName(name);
  const serving: Serving = {
    type,
    client: undefined,
    serial: server.serial,
    upstream: server.upstream,
    links: [],
    behind: { addresses: plan.cluster, ask: (asked) => resolveRecord(server, { name: asked, type }) },
    ask: (target, wanted) => resolveAtNode(server, plan, { name: target, type: wanted }),
  };
  const block = blockOf(plan, absolute.toLowerCase());
  return block ? servePlugins(block, absolute, serving) : serveNobody(absolute, serving);
}
