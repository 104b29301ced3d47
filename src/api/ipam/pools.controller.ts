import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ipCapacityQuestion } from '../../application/ipam/ip-capacity.js';
import { ipForecastQuestion } from '../../application/ipam/ip-forecast.js';
import { ipPoolsQuestion } from '../../application/ipam/ip-pools.js';
import { nextFreeQuestion } from '../../application/ipam/next-free.js';
import type { Question } from '../../application/questions/question.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { BLOCKS, CAPACITY, FORECAST, FREE, ONE, POOLS, UTILIZATION } from './pool-endpoints.js';

/** Questions about pools, each at a path of its own. */
@Controller()
export class PoolsController {
  constructor(private readonly asked: AskedByPath) {}

  @Handles(POOLS)
  async pools(@Input() { params, query }: InputOf<typeof POOLS>, @Res() reply: FastifyReply): Promise<void> {
    const { plane, family, within, contains, overlaps, blocks, allocationSequence, ...rest } = query;
    const input = { plane, family, within, contains, overlaps, blocks, allocationSequence };
    await this.asked.send(ipPoolsQuestion, { cluster: params.cluster, query: rest, input }, reply);
  }

  @Handles(ONE)
  async one(@Input() { params, query }: InputOf<typeof ONE>, @Res() reply: FastifyReply): Promise<void> {
    await this.pool(params, query, false, reply);
  }

  @Handles(UTILIZATION)
  async utilization(@Input() { params, query }: InputOf<typeof UTILIZATION>, @Res() reply: FastifyReply): Promise<void> {
    await this.pool(params, query, false, reply);
  }

  @Handles(BLOCKS)
  async blocks(@Input() { params, query }: InputOf<typeof BLOCKS>, @Res() reply: FastifyReply): Promise<void> {
    await this.pool(params, query, true, reply);
  }

  @Handles(FREE)
  async free(@Input() { params, query }: InputOf<typeof FREE>, @Res() reply: FastifyReply): Promise<void> {
    const { view, revision, at, apply, delete: gone, limit, count = limit, ...input } = query;
    const rest = { view, revision, at, apply, delete: gone };
    const { cluster, pool } = params;
    await this.asked.send(nextFreeQuestion, { cluster, query: rest, input: { ...input, count, pool } }, reply);
  }

  @Handles(CAPACITY)
  async capacity(@Input() { params, query }: InputOf<typeof CAPACITY>, @Res() reply: FastifyReply): Promise<void> {
    await this.ofPool(ipCapacityQuestion, params, query, reply);
  }

  @Handles(FORECAST)
  async forecast(@Input() { params, query }: InputOf<typeof FORECAST>, @Res() reply: FastifyReply): Promise<void> {
    await this.ofPool(ipForecastQuestion, params, query, reply);
  }

  private async ofPool(
    question: Question,
    { cluster, pool }: InputOf<typeof ONE>['params'],
    { allocationSequence, ...query }: InputOf<typeof ONE>['query'],
    reply: FastifyReply,
  ): Promise<void> {
    await this.asked.send(question, { cluster, query, input: { pool, allocationSequence } }, reply);
  }

  private async pool(
    { cluster, pool }: InputOf<typeof ONE>['params'],
    { allocationSequence, ...query }: InputOf<typeof ONE>['query'],
    blocks: boolean,
    reply: FastifyReply,
  ): Promise<void> {
    await this.asked.send(ipPoolsQuestion, { cluster, query, input: { pool, blocks, allocationSequence } }, reply);
  }
}
