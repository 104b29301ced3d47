/** Plugins that answer or change answers, in the order in which CoreDNS asks them, whatever the order in the Corefile (coredns `plugin.cfg`). */
const ORDER = [
  'local',
  'dns64',
  'acl',
  'cache',
  'rewrite',
  'autopath',
  'minimal',
  'template',
  'hosts',
  'route53',
  'azure',
  'clouddns',
  'k8s_external',
  'kubernetes',
  'file',
  'auto',
  'secondary',
  'etcd',
  'forward',
  'proxy',
  'grpc',
  'erratic',
  'whoami',
] as const;

/** Plugins that change nothing of what a name resolves to. */
const SILENT: ReadonlySet<string> = new Set(
  `any bind bufsize cancel chaos debug dnssec dnstap errors geoip header health loadbalance log loop metadata multisocket nsid on pprof prometheus quic ready
  reload root sign timeouts tls trace transfer tsig`.split(/\s+/),
);

/** Place of a plugin in the chain; undefined: CoreDNS has no such plugin, or it changes no answer. */
export function placeOf(name: string): number | undefined {
  const place = ORDER.findIndex((one) => one === name);
  return place < 0 ? undefined : place;
}

/** Whether a plugin changes nothing of what a name resolves to. */
export function isSilent(name: string): boolean {
  return SILENT.has(name);
}
