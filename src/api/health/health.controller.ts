import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Readiness } from '../../application/health/readiness.js';
import { defineEndpoint, Handles } from '../http/endpoint.js';
import { RequestMetrics } from '../http/request-metrics.js';
import { AddressMetrics } from '../ipam/address-metrics.js';
import { ServerIdentity } from './server-identity.js';

const CHECKS = z.object({
  status: z.enum(['ok', 'unavailable']),
  database: z.boolean().describe('whether the database answers'),
  migrations: z.boolean().describe('whether every migration is applied'),
});

const LIVEZ = defineEndpoint({
  method: 'GET',
  path: '/livez',
  tag: 'server',
  access: 'open',
  summary: 'Whether the process answers',
  answers: { 200: { description: 'it does', schema: z.object({ status: z.literal('ok') }) } },
  problems: [],
  examples: [{ title: 'Alive' }],
});

const READYZ = defineEndpoint({
  method: 'GET',
  path: '/readyz',
  tag: 'server',
  access: 'open',
  summary: 'Whether requests can be answered: the database answers and is migrated',
  answers: { 200: { description: 'they can', schema: CHECKS }, 503: { description: 'they cannot', schema: CHECKS } },
  problems: [],
  examples: [{ title: 'Ready' }],
});

const VERSION = defineEndpoint({
  method: 'GET',
  path: '/version',
  tag: 'server',
  access: 'open',
  summary: 'Which version runs',
  answers: { 200: { description: 'the version', schema: z.object({ name: z.string(), version: z.string(), node: z.string() }) } },
  problems: [],
  examples: [{ title: 'Version' }],
});

/** How the server itself is. */
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly identity: ServerIdentity,
  ) {}

  @Handles(LIVEZ)
  livez(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Handles(READYZ)
  async readyz(@Res() reply: FastifyReply): Promise<void> {
    const checks = await this.readiness.check();
    const isReady = checks.database && checks.migrations;
    reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ok' : 'unavailable', ...checks });
  }

  @Handles(VERSION)
  version(): ServerIdentity {
    return this.identity;
  }
}

const METRICS = {
  method: 'GET',
  path: '/metrics',
  tag: 'server',
  summary: 'Figures for Prometheus',
  answers: { 200: { description: 'text in the Prometheus format', mediaTypes: ['text/plain'] } },
  problems: [],
} as const;

/** `/metrics`, for everybody or for who has a token. */
export function metricsController(isOpen: boolean): new (metrics: RequestMetrics, addresses: AddressMetrics) => object {
  @Controller()
  class MetricsController {
    constructor(
      private readonly metrics: RequestMetrics,
      private readonly addresses: AddressMetrics,
    ) {}

    @Handles(defineEndpoint({ ...METRICS, access: isOpen ? 'open' : { role: 'viewer', reach: 'own' } }))
    async read(@Req() { caller }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const clusters = caller === undefined || caller === 'unknown' ? null : caller.clusters;
      const texts = await Promise.all([this.metrics.registry.metrics(), this.addresses.text(clusters)]);
      reply.type(this.metrics.registry.contentType).send(texts.join('\n'));
    }
  }
  return MetricsController;
}
