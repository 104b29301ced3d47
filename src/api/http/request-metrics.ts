import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** The series of one route and outcome, found once. */
interface Series {
  readonly requests: { inc(): void };
  readonly durations: { observe(seconds: number): void };
}

/** What `/metrics` tells: requests by route and outcome, and the process itself. */
export class RequestMetrics {
  readonly registry = new Registry();
  private readonly series = new Map<string, Series>();
  private readonly requests = new Counter({
    name: 'portolan_http_requests_total',
    help: 'requests that were answered',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'portolan_http_request_duration_seconds',
    help: 'time from the head of a request to the end of its answer',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'portolan_' });
  }

  /** Counts a request that was answered. A path of no route counts as `unknown`: nobody makes series by guessing. */
  observe(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const { requests, durations } = this.seriesOf(request.method, route, reply.statusCode);
    requests.inc();
    durations.observe(reply.elapsedTime / 1_000);
  }

  private seriesOf(method: string, route: string, status: number): Series {
    const key = `${method} ${status} ${route}`;
    const known = this.series.get(key);
    if (known) return known;
    const made = { requests: this.requests.labels(method, route, String(status)), durations: this.durations.labels(method, route) };
    this.series.set(key, made);
    return made;
  }
}
