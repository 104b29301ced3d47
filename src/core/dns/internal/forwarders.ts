import { absoluteName, isWithin } from '../dns-name.js';

/** A `forward` (or, before CoreDNS 1.5, `proxy`) directive of a Corefile. */
export interface Forwarder {
  /** Zone of the server block. */
  readonly block: string;
  /** Names below this zone are forwarded. */
  readonly from: string;
  readonly to: readonly string[];
}

/** Where kubeadm's Corefile sends what it does not know (kubernetes `cmd/kubeadm/app/phases/addons/dns/manifests.go`). */
const KUBEADM_DEFAULT: readonly Forwarder[] = [{ block: '.', from: '.', to: ['/etc/resolv.conf'] }];

/** `example.org:53` or `dns://example.org:53` as an absolute zone in lower case. */
function zoneOf(key: string): string {
  const bare = key
    .replace(/^\w+:\/\//, '')
    .replace(/:\d+$/, '')
    .toLowerCase();
  return absoluteName(bare);
}

/** Reads the forwarders of a Corefile: `zone[:port] … { forward FROM TO… { … } }`, `#` starts a comment. No Corefile: kubeadm's is assumed. */
export function parseForwarders(corefile: string | undefined): readonly Forwarder[] {
  if (corefile === undefined) return KUBEADM_DEFAULT;
  const forwarders: Forwarder[] = [];
  let depth = 0;
  let blocks: readonly string[] = [];
  for (const line of corefile.split('\n')) {
    const tokens = line.replace(/#.*$/, '').trim().split(/\s+/).filter(Boolean);
    const words = tokens.filter((token) => token !== '{' && token !== '}');
    if (depth === 0 && words.length > 0) blocks = words.map((word) => zoneOf(word.replace(/[,{]$/, '')));
    if (depth === 1 && (words[0] === 'forward' || words[0] === 'proxy')) {
      for (const block of blocks) forwarders.push({ block, from: zoneOf(words[1] ?? '.'), to: words.slice(2) });
    }
    for (const token of tokens) depth += token.endsWith('{') ? 1 : token === '}' ? -1 : 0;
  }
  return forwarders;
}

/** Who is asked for a name: in the block with the longest zone, the directive with the longest zone. Undefined: nobody. */
export function forwarderOf(forwarders: readonly Forwarder[], name: string): Forwarder | undefined {
  let best: Forwarder | undefined;
  for (const one of forwarders) {
    if (!isWithin(one.block, name) || !isWithin(one.from, name)) continue;
    if (!best || one.block.length > best.block.length || (one.block === best.block && one.from.length > best.from.length)) best = one;
  }
  return best;
}
