import { z } from 'zod';
import { RECORD_TYPES } from '../../core/dns/parse-record.js';
import type { ResolverLine } from '../../core/dns/pod-resolver.js';
import type { NameResult } from '../../core/dns/resolve-name.js';

/** What may be asked of the name server. */
export const QUERY_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;

const record = z.object({
  name: z.string().describe('absolute'),
  type: z.enum(RECORD_TYPES),
  ttl: z.number().int().describe('seconds'),
  data: z.string().describe('as a zone file has it: an address, a name, `priority weight port target`, text without quotes'),
});

const rcode = z.enum(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']).nullable();
const libc = z.enum(['glibc', 'musl']);
const verdict = z.enum(['RESOLVED', 'NODATA', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'EXTERNAL']);

const lineReason = z.enum(['CLUSTER_DNS', 'CLUSTER_SEARCH', 'HOST_RESOLV_CONF', 'DNS_CONFIG', 'CLUSTER_NDOTS', 'NO_RESOLV_CONF']);

/** One value of a resolv.conf. */
export const resolverLineSchema: z.ZodType<ResolverLine> = z.object({
  keyword: z.enum(['nameserver', 'search', 'options']),
  value: z.string(),
  reason: lineReason.describe('reason code'),
});

const resolver = z.object({
  nameservers: z.array(z.string()),
  searches: z.array(z.string()),
  options: z.array(z.string()),
  lines: z.array(resolverLineSchema),
  libc,
});

const tried = z.object({
  name: z.string().describe('absolute'),
  search: z.string().nullable().describe('the entry of the search list; null: the name as it is'),
  rcode: rcode.describe('null: not known, because the answer comes from outside the cluster'),
  outcome: z.string().describe('answer, NODATA, NXDOMAIN, SERVFAIL, REFUSED or unknown'),
  records: z.array(z.string()).describe('records of the answer, as zone-file lines'),
  questions: z.number().int(),
  reason: z.string().describe('reason code of the rule that decided'),
  message: z.string(),
});

/** What `resolve-name` answers with. */
export const nameResultSchema: z.ZodType<NameResult> = z.object({
  name: z.string().describe('the name that answered, or the last one tried'),
  type: z.enum(QUERY_TYPES).nullable().describe('null: addresses of both families'),
  rcode: rcode.describe('null: not known, because the answer comes from outside the cluster'),
  truncated: z.boolean(),
  answer: z.array(record),
  authority: z.array(record),
  additional: z.array(record),
  addresses: z.array(z.string()).describe('the addresses among the answers'),
  cachedFor: z
    .number()
    .int()
    .nullable()
    .describe('seconds for which caches may go on giving this answer; null: not known, because it comes from outside the cluster'),
  visibleWithin: z
    .number()
    .int()
    .nullable()
    .describe('seconds within which a name made now resolves for whoever asked just before; null: the name is none of the cluster’s'),
  resolver: resolver.nullable().describe('the resolv.conf of who asks; null: the name server is asked directly'),
  tried: z.array(tried).describe('the search walk, name by name'),
  questions: z.number().int().describe('questions sent to the name server'),
  otherLibc: z
    .object({ libc, verdict, name: z.string(), questions: z.number().int() })
    .nullable()
    .describe('the same walk by the other C library'),
});
