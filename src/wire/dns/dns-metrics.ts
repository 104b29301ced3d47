import { Counter, Gauge, type Registry } from 'prom-client';
import type { ResponseCode } from './response-code.js';

/** How questions come in. */
export type Transport = 'udp' | 'tcp';

/** Why a packet got no answer: it is none that is due one, its sender asked too much, or too many wait already. */
export type DropReason = 'not-a-query' | 'rate' | 'busy';

interface Series {
  inc(): void;
}

/** What `/metrics` tells of DNS. Labels are of closed lists and the configuration: no packet makes a series of its own. */
export class DnsMetrics {
  private readonly series = new Map<string, Series>();
  private readonly answers: Counter;
  private readonly drops: Counter;
  private readonly connections: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    const labels = ['cluster', 'transport'];
    this.answers = new Counter({
      name: 'portolan_dns_answers_total',
      help: 'answers to DNS packets',
      labelNames: [...labels, 'code'],
      registers,
    });
    this.drops = new Counter({
      name: 'portolan_dns_dropped_total',
      help: 'DNS packets that got no answer',
      labelNames: [...labels, 'reason'],
      registers,
    });
    this.connections = new Gauge({
      name: 'portolan_dns_tcp_connections',
      help: 'open TCP connections of DNS clients',
      labelNames: ['cluster'],
      registers,
    });
  }

  answered(cluster: string, transport: Transport, code: ResponseCode): void {
    this.seriesOf(this.answers, cluster, transport, code).inc();
  }

  dropped(cluster: string, transport: Transport, reason: DropReason): void {
    this.seriesOf(this.drops, cluster, transport, reason).inc();
  }

  connected(cluster: string, change: 1 | -1): void {
    this.connections.labels(cluster).inc(change);
  }

  private seriesOf(counter: Counter, cluster: string, transport: Transport, outcome: string): Series {
    const key = `${cluster} ${transport} ${outcome}`;
    const known = this.series.get(key);
    if (known) return known;
    const made = counter.labels(cluster, transport, outcome);
    this.series.set(key, made);
    return made;
  }
}
