import { Counter, Gauge, type Registry } from 'prom-client';
import type { ResponseCode } from './response-code.js';

/** How questions come in. */
export type Transport = 'udp' | 'tcp';

/** Why a packet got no answer: it is none that is due one, its sender asked too much, or too many wait already. */
export type DropReason = 'not-a-query' | 'rate' | 'busy';

/** What `/metrics` tells of DNS. Labels are of closed lists and the configuration: no packet makes a series of its own. */
export class DnsMetrics {
  private readonly doors: DoorMetrics[] = [];

  constructor(registry: Registry) {
    const { doors } = this;
    const registers: Registry[] = [];
    const labels = ['cluster', 'transport'];
    // Counted in plain numbers, which cost nothing for each packet, and told when somebody asks.
    registry.registerMetric(
      new Counter({
        name: 'portolan_dns_answers_total',
        help: 'answers to DNS packets',
        labelNames: [...labels, 'code'],
        registers,
        collect() {
          this.reset();
          for (const { cluster, transport, answers } of doors)
            for (const [code, count] of answers) this.inc({ cluster, transport, code }, count);
        },
      }),
    );
    registry.registerMetric(
      new Counter({
        name: 'portolan_dns_dropped_total',
        help: 'DNS packets that got no answer',
        labelNames: [...labels, 'reason'],
        registers,
        collect() {
          this.reset();
          for (const { cluster, transport, drops } of doors)
            for (const [reason, count] of drops) this.inc({ cluster, transport, reason }, count);
        },
      }),
    );
    registry.registerMetric(
      new Gauge({
        name: 'portolan_dns_tcp_connections',
        help: 'open TCP connections of DNS clients',
        labelNames: ['cluster'],
        registers,
        collect() {
          for (const { cluster, transport, connections } of doors) if (transport === 'tcp') this.set({ cluster }, connections);
        },
      }),
    );
  }

  /** What is counted of one door. */
  of(cluster: string, transport: Transport): DoorMetrics {
    const door = new DoorMetrics(cluster, transport);
    this.doors.push(door);
    return door;
  }
}

/** The counts of one door. */
export class DoorMetrics {
  readonly answers = new Map<ResponseCode, number>();
  readonly drops = new Map<DropReason, number>();
  connections = 0;

  constructor(
    readonly cluster: string,
    readonly transport: Transport,
  ) {}

  answered(code: ResponseCode): void {
    this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
  }

  dropped(reason: DropReason): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }
}
