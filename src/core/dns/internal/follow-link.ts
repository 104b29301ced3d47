import type { DnsRecord } from '../dns-record.js';
import type { ServerAnswer } from '../server-answer.js';
import type { Serving } from './serving.js';

/** Longest chain of CNAMEs that is followed. */
const MAX_LINKS = 10;

/** Asks the whole server for what a CNAME leads to; undefined: it leads back, or the chain is too long. */
export function followLink(link: DnsRecord, serving: Serving): ServerAnswer | undefined {
  const { links, type } = serving;
  const target = link.data.toLowerCase();
  const loops = links.some(({ name }) => name.toLowerCase() === target) || links.length >= MAX_LINKS;
  return loops || link.name.toLowerCase() === target ? undefined : serving.ask(link.data, type, [...links, link]);
}
