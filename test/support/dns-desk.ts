import { Registry } from 'prom-client';
import type { DnsQuestion, ServerAnswer } from '../../src/core/dns/server-answer.js';
import { AnswerRate } from '../../src/wire/dns/answer-rate.js';
import { DnsMetrics } from '../../src/wire/dns/dns-metrics.js';
import { type DeskSettings, PacketDesk } from '../../src/wire/dns/packet-desk.js';

/** A desk in front of a server of its own, and what it counted. */
export interface TestDesk {
  readonly desk: PacketDesk;
  readonly failures: unknown[];
  /** Lines of `/metrics` about DNS that are not zero, without the cluster. */
  readonly counted: () => Promise<readonly string[]>;
}

/** The desk of cluster `prod` in front of a function that answers. */
export function deskOf(answer: (question: DnsQuestion) => ServerAnswer, more: Partial<DeskSettings> = {}): TestDesk {
  const registry = new Registry();
  const failures: unknown[] = [];
  const desk = new PacketDesk({
    cluster: 'prod',
    newest: () => Promise.resolve({ answer }),
    rate: new AnswerRate(0),
    metrics: new DnsMetrics(registry),
    onFailure: (error) => failures.push(error),
    ...more,
  });
  const counted = async (): Promise<readonly string[]> => {
    const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('portolan_dns'));
    return lines.filter((line) => !line.endsWith(' 0')).map((line) => line.replace('cluster="prod",', '').replace('portolan_dns_', ''));
  };
  return { desk, failures, counted };
}
