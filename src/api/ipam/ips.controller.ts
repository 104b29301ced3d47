import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { allocationText } from '../../application/ipam/allocation-text.js';
import { IpHistory } from '../../application/ipam/ip-history.js';
import { ipOwnerQuestion } from '../../application/ipam/ip-owner.js';
import { ownerSchema } from '../../application/ipam/ipam-result-schema.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { PATH_QUERY } from '../questions/question-endpoints.js';
import { ALLOCATION } from './allocation-schema.js';
import { HISTORY_PAGE } from './history-page.js';

const READ = {
  method: 'GET',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'cluster' },
  params: z.strictObject({ cluster: z.string().describe('name of the cluster'), ip: z.string().describe('an IPv4 or IPv6 address') }),
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-tag'],
} as const;

const OWNER = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ips/:ip',
  summary: 'Who has an address: the answer to `ip-owner`',
  query: PATH_QUERY.safeExtend({ allocationSequence: ipOwnerQuestion.input.shape.allocationSequence }),
  answers: {
    200: {
      description: 'the same answer as that of `/queries/ip-owner`',
      schema: z.looseObject({ verdict: z.string(), summary: z.string(), result: ipOwnerQuestion.result }),
    },
  },
  examples: [{ title: 'The address of the DNS service', params: { cluster: 'harbor', ip: '10.96.0.10' } }],
});

const SPAN = z.object({
  fromRevision: z.number().int(),
  toRevision: z.number().int().describe('the newest revision of the row'),
  since: z.iso.datetime().describe('when its first revision was made'),
  owners: z.array(ownerSchema),
  pools: z.array(z.string()),
});

const HISTORY = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ips/:ip/history',
  summary: 'Who had an address, newest first',
  description:
    'Two histories side by side: the revisions of the cluster’s objects, rows of revisions with the same owners taken together, and the allocations through the API. The revisions are looked at one by one; `before` goes on where a page ended.',
  query: z.strictObject({
    ...COORDINATE_QUERY,
    ...HISTORY_PAGE,
  }),
  answers: {
    200: {
      description: 'the two histories',
      schema: z.object({
        revision: z.number().int(),
        ip: z.string(),
        spans: z.array(SPAN),
        allocations: z.array(ALLOCATION).describe('the newest 1,000'),
        before: z.number().int().nullable().describe('what `before` takes to go on; null when the first revision was looked at'),
      }),
    },
  },
  examples: [{ title: 'The address of the DNS service', params: { cluster: 'harbor', ip: '10.96.0.10' } }],
});

/** Questions about one address, each at a path of its own. */
@Controller()
export class IpsController {
  constructor(
    private readonly asked: AskedByPath,
    private readonly histories: IpHistory,
  ) {}

  @Handles(OWNER)
  async owner(@Input() { params, query }: InputOf<typeof OWNER>, @Res() reply: FastifyReply): Promise<void> {
    const { allocationSequence, ...rest } = query;
    await this.asked.send(ipOwnerQuestion, { cluster: params.cluster, query: rest, input: { ip: params.ip, allocationSequence } }, reply);
  }

  @Handles(HISTORY)
  async history(@Input() { params, query }: InputOf<typeof HISTORY>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { limit, before, ...at } = query;
    const page = orThrow(await this.histories.of(params.cluster, at, { ip: params.ip, limit, before }));
    reply.header('portolan-revision', page.revision);
    return { ...page, allocations: page.allocations.map(allocationText) };
  }
}
