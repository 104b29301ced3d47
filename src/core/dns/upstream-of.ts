import type { DnsRecord } from './dns-record.js';
import type { Upstream } from './server-answer.js';

/** Longest chain of CNAMEs that is followed in the given records. */
const MAX_LINKS = 10;

/** A world outside that knows these records and no others: CNAMEs among them are followed; a name it has nothing for stays unknown. */
export function upstreamOf(records: readonly DnsRecord[], truncated: boolean): Upstream {
  return (name, type) => {
    const answer: DnsRecord[] = [];
    let current = name.toLowerCase();
    for (let links = 0; links <= MAX_LINKS; links++) {
      const own = records.filter((record) => record.name.toLowerCase() === current);
      const wanted = own.filter((record) => record.type === type);
      if (wanted.length > 0) return { records: [...answer, ...wanted], truncated };
      const link = own.find((record) => record.type === 'CNAME');
      if (!link) return own.length > 0 || answer.length > 0 ? { records: answer, truncated } : undefined;
      answer.push(link);
      current = link.data.toLowerCase();
    }
    return { records: answer, truncated };
  };
}
