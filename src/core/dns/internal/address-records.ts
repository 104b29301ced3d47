import { absoluteName, isWithin } from '../dns-name.js';
import type { DnsRecord, Rcode } from '../dns-record.js';
import { lookupExisting } from './apex.js';
import type { Candidate, DnsDecision } from './candidate.js';
import type { KubernetesServer } from './kubernetes-server.js';

/** An address question below one zone; `zone` is the end of `name`, in its case. */
interface AddressQuestion {
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  readonly zone: string;
}

/** What asking the whole server for a target outside the zone came to. */
interface OutsideAnswer {
  readonly rcode: Rcode | undefined;
  readonly truncated: boolean;
  readonly answer: readonly DnsRecord[];
  readonly decisions: readonly DnsDecision[];
}

/** The address records of a name, with the CNAMEs that led to them in front. */
interface AddressRecords {
  readonly exists: boolean;
  readonly records: readonly DnsRecord[];
  readonly truncated: boolean;
  readonly decisions: readonly DnsDecision[];
}

/** Asks the whole server for a name that `links` led to: another zone, or the upstream resolver. */
type AskServer = (name: string, links: readonly DnsRecord[]) => OutsideAnswer;

/** Longest chain of ExternalName services that is followed. */
const MAX_LINKS = 10;

/**
 * A or AAAA records (coredns `plugin/backend_lookup.go` A): the candidates of the family; a candidate that is a name is followed. A target inside the zone
 * that gives nothing makes NODATA (coredns#6088); a target outside is asked of the server as a whole and its CNAME stands whatever comes back.
 * @param links CNAMEs that led here
 */
export function addressRecords(
  server: KubernetesServer,
  question: AddressQuestion,
  links: readonly DnsRecord[],
  askServer: AskServer,
): AddressRecords {
  const { name, type, zone } = question;
  const { ttl } = server.options;
  const lookup = lookupExisting(server, name, zone);
  if (!lookup.exists) return { exists: false, records: [], truncated: false, decisions: [lookup.decision] };
  const external = lookup.candidates.find(({ kind }) => kind === 'name');
  if (external) {
    const followed = followName(server, question, external, links, askServer);
    return { ...followed, decisions: [lookup.decision, ...followed.decisions] };
  }
  const family = type === 'A' ? 4 : 6;
  const records = addressesOf(lookup.candidates, { name, type, ttl, family });
  if (records.length > 0 || lookup.candidates.length === 0)
    return { exists: true, records, truncated: false, decisions: [lookup.decision] };
  const decision: DnsDecision = { reason: 'FAMILY_MISSING', message: `\`${name}\` has addresses, but none of IPv${family}` };
  return { exists: true, records, truncated: false, decisions: [lookup.decision, decision] };
}

/** One record for each address of the family. */
function addressesOf(
  candidates: readonly Candidate[],
  { name, type, ttl, family }: { readonly name: string; readonly type: 'A' | 'AAAA'; readonly ttl: number; readonly family: 4 | 6 },
): readonly DnsRecord[] {
  const records: DnsRecord[] = [];
  const seen = candidates.length > 1 ? new Set<string>() : undefined;
  for (const { kind, host } of candidates) {
    if (kind !== family || seen?.has(host) === true) continue;
    seen?.add(host);
    records.push({ name, type, ttl, data: host });
  }
  return records;
}

function followName(
  server: KubernetesServer,
  { name, type, zone }: AddressQuestion,
  candidate: Candidate,
  links: readonly DnsRecord[],
  askServer: AskServer,
): AddressRecords {
  const target = absoluteName(candidate.host);
  const link: DnsRecord = { name, type: 'CNAME', ttl: server.options.ttl, data: target };
  const dropped = (
    reason: 'EXTERNALNAME_LOOP' | 'EXTERNALNAME_CHAIN_BROKEN',
    message: string,
    more: readonly DnsDecision[] = [],
  ): AddressRecords => ({
    exists: true,
    records: [],
    truncated: false,
    decisions: [...more, { reason, message }],
  });
  const loops =
    isWithin(name.toLowerCase(), target.toLowerCase()) || links.some((known) => known.name.toLowerCase() === target.toLowerCase());
  if (loops) return dropped('EXTERNALNAME_LOOP', `\`${target}\` leads back to \`${name}\`: the link is dropped`);
  if (links.length >= MAX_LINKS)
    return dropped('EXTERNALNAME_LOOP', `the chain of names is longer than ${MAX_LINKS} links: it is cut at \`${name}\``);
  if (!isWithin(zone.toLowerCase(), target.toLowerCase())) return outside(link, askServer(target, [...links, link]));
  const inner = { name: target, type, zone: target.slice(target.length - zone.length) };
  const next = addressRecords(server, inner, [...links, link], askServer);
  if (next.records.length > 0) return { ...next, exists: true, records: [link, ...next.records] };
  return dropped(
    'EXTERNALNAME_CHAIN_BROKEN',
    `the target \`${target}\` has no ${type} record, so the name has none either (coredns#6088)`,
    next.decisions,
  );
}

function outside(link: DnsRecord, answer: OutsideAnswer): AddressRecords {
  const known = answer.rcode !== undefined;
  const message = known
    ? `the target \`${link.data}\` is outside the zone: the server asks for it`
    : `the target \`${link.data}\` is outside the cluster: the CNAME stands alone`;
  const decisions: readonly DnsDecision[] = [{ reason: 'EXTERNALNAME_OUTSIDE', message }, ...answer.decisions];
  return { exists: true, records: [link, ...answer.answer], truncated: answer.truncated, decisions };
}
