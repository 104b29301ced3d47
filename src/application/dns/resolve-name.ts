import { z } from 'zod';
import { DNS_REASONS } from '../../core/dns/dns-reasons.js';
import type { DnsRecord } from '../../core/dns/dns-record.js';
import { parseRecord } from '../../core/dns/parse-record.js';
import { resolveName } from '../../core/dns/resolve-name.js';
import { upstreamOf } from '../../core/dns/upstream-of.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { askerIn } from './asker-in.js';
import { nameResultSchema, QUERY_TYPES } from './name-result-schema.js';

const input = z.strictObject({
  name: z
    .string()
    .max(2048)
    .describe('the name as it is written, `api`, `api.shop` or `api.shop.svc.cluster.local.`; a final dot keeps the search list away'),
  type: z
    .preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(QUERY_TYPES))
    .optional()
    .describe('record type; left out: addresses of both families, as programs ask for them'),
  from: z
    .string()
    .max(512)
    .optional()
    .describe('who asks, `pod/shop/web-0`, `deploy/shop/web` or `node/harbor-1`; left out: the name server is asked directly'),
  libc: z.enum(['glibc', 'musl']).default('glibc').describe('the C library of the asker’s image: musl is Alpine’s'),
  upstream: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(1024)).max(100))
    .default([])
    .describe('what names outside the cluster resolve to, as zone-file lines: `api.example.com. 60 IN A 192.0.2.7`'),
  upstreamTruncated: z
    .union([z.boolean(), z.enum(['true', 'false'])])
    .default(false)
    .describe('whether the outside answers come truncated'),
});

const VERDICTS = {
  RESOLVED: 'a name of the walk has records',
  NODATA: 'the name exists and has no record of the type',
  NXDOMAIN: 'no name of the walk exists',
  SERVFAIL: 'the name server failed',
  REFUSED: 'the name server serves no such zone and forwards nowhere',
  EXTERNAL: 'the answer comes from outside the cluster, or from a plugin that is not modelled, and is not known',
} as const;

/** What a DNS name resolves to, and by which steps. */
export const resolveNameQuestion = defineQuestion({
  name: 'resolve-name',
  room: 'dns',
  title: 'What does a DNS name resolve to, from a pod along its search list or asked of the name server',
  input,
  result: nameResultSchema,
  verdicts: VERDICTS,
  reasons: DNS_REASONS,
  examples: [
    { title: 'A short name from a pod', cluster: 'harbor', input: { name: 'api', from: 'deploy/shop/web' } },
    {
      title: 'A name of another namespace, and what Alpine makes of it',
      cluster: 'harbor',
      input: { name: 'postgres.data', from: 'deploy/shop/api', libc: 'musl' },
    },
    {
      title: 'The ports of a headless service',
      cluster: 'harbor',
      input: { name: '_postgres._tcp.postgres.data.svc.cluster.local', type: 'SRV' },
    },
    { title: 'Which name an address has', cluster: 'harbor', input: { name: '10.0.96.10.in-addr.arpa', type: 'PTR' } },
    {
      title: 'A service that stands for a name of the internet',
      cluster: 'harbor',
      input: { name: 'payments-gateway.shop.svc.cluster.local', upstream: ['payments.example.com. 60 IN A 192.0.2.7'] },
    },
  ],
  ask({ model, revision }, given) {
    const from = given.from === undefined ? ok(undefined) : atParameter('from', askerIn(model, given.from));
    if (!from.ok) return from;
    const records = upstreamRecords(given.upstream);
    if (!records.ok) return records;
    const upstream =
      records.value.length === 0
        ? undefined
        : upstreamOf(records.value, given.upstreamTruncated === true || given.upstreamTruncated === 'true');
    const answer = resolveName(
      { model, serial: revision, upstream },
      { name: given.name, type: given.type, from: from.value?.asker, libc: given.libc },
    );
    if (!answer.ok) return answer;
    const question = {
      name: given.name,
      type: given.type ?? null,
      from: from.value?.selector ?? null,
      libc: given.libc,
      upstream: records.value,
    };
    return ok({ question, answer: answer.value });
  },
});

function upstreamRecords(lines: readonly string[]): Result<readonly DnsRecord[], Problem> {
  const records: DnsRecord[] = [];
  for (const [position, line] of lines.entries()) {
    const record = parseRecord(line);
    if (!record.ok)
      return err(
        problem('invalid-request', record.error, {
          errors: [{ pointer: `/upstream/${position}`, code: 'invalid-record', message: record.error }],
        }),
      );
    records.push(record.value);
  }
  return ok(records);
}
