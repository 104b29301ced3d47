import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What `/metrics` tells: requests by route and outcome, and the process itself. */
export class RequestMetrics {
  readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'portolan_http_requests_total',
    help: 'requests that were answered',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'portolan_http_request_duration_seconds',
    help: 'time from the head of a request to the end of its answer',
    labelNames: ['method', 'route'] as const,
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'portolan_' });
  }

  /** Counts a request that was answered. A path of no route counts as `unknown`: nobody makes series by guessing. */
  observe(request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    this.requests.inc({ method, route, status: reply.statusCode });
    this.durations.observe({ method, route }, reply.elapsedTime / 1_000);
  }
}
