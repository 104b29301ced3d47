import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { DiffObjects } from '../../application/objects/diff-objects.js';
import { connectivityDiffQuestion } from '../../application/policy/connectivity-diff.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { PAGE_QUERY } from './list-query.js';

const CHANGE = z.enum(['added', 'changed', 'removed']);
const REVISION = z.string().min(1).max(253);

const DIFFERENCE = z
  .object({
    change: CHANGE,
    group: z.string(),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    changes: z
      .array(
        z.object({
          pointer: z.string().describe('JSON pointer into the object; empty: the whole object'),
          change: CHANGE,
          before: z.json().describe('null also where there was nothing'),
          after: z.json().describe('null also where there is nothing'),
        }),
      )
      .describe('where the two differ; members by name, elements of lists by position'),
  })
  .meta({ id: 'ObjectDifference' });

const DIFF = defineEndpoint({
  method: 'GET',
  path: '/api/v1/clusters/:cluster/diff',
  tag: 'revisions',
  access: { role: 'viewer', reach: 'cluster' },
  summary: 'Compare two revisions',
  description: 'Costs what changed, however large the cluster is. Revisions are numbers, `latest`, `previous`, or tags.',
  params: z.strictObject({ cluster: z.string().describe('name of the cluster') }),
  query: z.strictObject({
    ...PAGE_QUERY,
    from: REVISION.optional().describe('when left out: the revision before `to`'),
    to: REVISION.optional().describe('when left out: the newest revision'),
    view: z
      .enum(['objects', 'behaviour'])
      .default('objects')
      .describe(
        '`objects`: which objects differ, and where; `behaviour`: which connections were added, removed or changed, the answer to `connectivity-diff`',
      ),
    kind: z.string().min(1).max(253).optional().describe('only objects of this kind: `NetworkPolicy`, `networkpolicies`'),
    group: z.string().max(253).optional().describe('only objects of this API group; empty: the core group'),
    namespace: z.string().min(1).max(63).optional().describe('only what is in this namespace'),
  }),
  answers: {
    200: {
      description: 'a page of the objects that differ, by kind, namespace and name; or the answer to `connectivity-diff`',
      schema: z.union([
        z.object({
          from: z.int().describe('0: nothing was before the first revision'),
          to: z.int(),
          items: z.array(DIFFERENCE),
          continue: z.string().nullable(),
        }),
        z.looseObject({ verdict: z.string(), summary: z.string(), result: connectivityDiffQuestion.result }),
      ]),
    },
  },
  problems: ['invalid-request', 'limit-too-large', 'unknown-cluster', 'unknown-revision', 'unknown-tag'],
  examples: [
    { title: 'What the last write changed', params: { cluster: 'harbor' }, query: { limit: '5' } },
    { title: 'What may connect since then', params: { cluster: 'harbor' }, query: { view: 'behaviour', from: '1', to: '1' } },
  ],
});

const HINT = '`/queries/connectivity-diff` takes `from`, `to`, `port` and more';

/** What narrows a list of objects says nothing about connections. */
const OF_OBJECTS = ['kind', 'group', 'namespace', 'limit', 'continue'] as const;

/** What two revisions do not agree on. */
@Controller()
export class DiffController {
  constructor(
    private readonly differences: DiffObjects,
    private readonly asking: AskedByPath,
  ) {}

  @Handles(DIFF)
  async diff(@Input() input: InputOf<typeof DIFF>, @Res() reply: FastifyReply): Promise<void> {
    await (input.query.view === 'objects' ? this.objects(input, reply) : this.behaviour(input, reply));
  }

  private async objects({ params, query }: InputOf<typeof DIFF>, reply: FastifyReply): Promise<void> {
    const { view: _, ...request } = query;
    const page = orThrow(await this.differences.run(params.cluster, request));
    reply.header('portolan-revision', page.to).send(page);
  }

  private async behaviour({ params, query }: InputOf<typeof DIFF>, reply: FastifyReply): Promise<void> {
    const errors = OF_OBJECTS.filter((name) => query[name] !== undefined).map((name) => ({
      pointer: `/${name}`,
      code: 'conflict',
      message: `\`${name}\` narrows a list of objects: \`view=behaviour\` compares connections`,
    }));
    if (errors[0]) throw new ProblemError(problem('invalid-request', errors[0].message, { hint: HINT, errors }));
    const { from: since, to: revision } = query;
    await this.asking.send(
      connectivityDiffQuestion,
      { cluster: params.cluster, query: { revision, view: 'full' }, input: { since }, called: { since: 'from', revision: 'to' } },
      reply,
    );
  }
}
