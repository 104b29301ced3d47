import type { DnsRecord } from '../dns-record.js';
import type { Candidate } from './candidate.js';

/**
 * SRV records `priority weight port target` with the targets' addresses (RFC 2782; coredns `plugin/backend_lookup.go` SRV). Priority is 0, weight
 * max(1, floor(100 / n)), n being all candidates: duplicates that are dropped later and those without a port count too.
 * @param names `no names`: names (ExternalName) have no SRV record; `names too`: a name is its own target (`k8s_external`)
 */
export function srvRecords(
  name: string,
  candidates: readonly Candidate[],
  ttl: number,
  names: 'no names' | 'names too' = 'no names',
): { readonly records: readonly DnsRecord[]; readonly additional: readonly DnsRecord[] } {
  const counted = names === 'names too' ? candidates : candidates.filter(({ kind }) => kind !== 'name');
  const weight = Math.max(1, Math.floor(100 / counted.length));
  const withPort = counted.filter(({ port }) => port !== undefined);
  return {
    records: withPort.map(({ owner, port }) => ({ name, type: 'SRV', ttl, data: `0 ${weight} ${port} ${owner}` })),
    additional: withPort
      .filter(({ kind }) => kind !== 'name')
      .map(({ owner, host, kind }) => ({ name: owner, type: kind === 6 ? 'AAAA' : 'A', ttl, data: host })),
  };
}
