import { type Answering, answerQuery, COME_BY_TCP, FAILED, refusalOf } from './answer-query.js';
import type { AnswerRate } from './answer-rate.js';
import type { DnsMetrics, DoorMetrics, DropReason, Transport } from './dns-metrics.js';
import { readQuery, type WireQuery } from './read-query.js';
import { type WireResponse, writeResponse } from './write-response.js';

/** Whom a packet comes from, and how. */
export interface Sender {
  readonly address: string;
  readonly transport: Transport;
}

/** What the desk of a cluster works with. */
export interface DeskSettings {
  readonly cluster: string;
  /** The cluster's server as it is now. */
  readonly newest: () => Promise<Answering['server']>;
  readonly rate: AnswerRate;
  readonly metrics: DnsMetrics;
  /** Told of every answer that could not be found out. */
  readonly onFailure: (error: unknown) => void;
}

/** What every client takes over UDP (RFC 1035 section 4.2.1). */
const LEAST_UDP = 512;
/** What none gets, however much it says it takes: RFC 6891 section 6.2.5 begins with it. */
const MOST_UDP = 4_096;
const MOST_TCP = 65_535;
/** Questions over UDP that wait for a model in the making; more are dropped, and their clients ask again. */
const MOST_WAITING = 2_000;

/** Answers the packets of one cluster, whichever way they come. Never rejects. */
export class PacketDesk {
  private waiting = 0;
  private readonly metrics: Readonly<Record<Transport, DoorMetrics>>;

  constructor(private readonly settings: DeskSettings) {
    const { metrics, cluster } = settings;
    this.metrics = { udp: metrics.of(cluster, 'udp'), tcp: metrics.of(cluster, 'tcp') };
  }

  /** Notes a TCP connection that came or went. */
  connected(change: 1 | -1): void {
    this.metrics.tcp.connections += change;
  }

  /** The answer; undefined: none is due. */
  async answer(packet: Buffer, { address, transport }: Sender): Promise<Buffer | undefined> {
    const { rate } = this.settings;
    const query = readQuery(packet);
    if (!query) return this.drop(transport, 'not-a-query');
    const verdict = transport === 'udp' ? rate.verdict(address, performance.now()) : 'answer';
    if (verdict === 'drop') return this.drop(transport, 'rate');
    const response = verdict === 'come-by-tcp' ? COME_BY_TCP : (refusalOf(query) ?? (await this.responseTo(query, address)));
    if (!response) return this.drop(transport, 'busy');
    this.metrics[transport].answered(response.code);
    return writeResponse(query, response, limitOf(query, transport));
  }

  /** Undefined: too many wait already. */
  private async responseTo({ question, edns }: WireQuery, from: string): Promise<WireResponse | undefined> {
    if (!question || this.waiting >= MOST_WAITING) return undefined;
    this.waiting++;
    try {
      return answerQuery(question, edns, { server: await this.settings.newest(), from });
    } catch (error) {
      this.settings.onFailure(error);
      return FAILED;
    } finally {
      this.waiting--;
    }
  }

  private drop(transport: Transport, reason: DropReason): undefined {
    this.metrics[transport].dropped(reason);
  }
}

function limitOf({ edns }: WireQuery, transport: Transport): number {
  if (transport === 'tcp') return MOST_TCP;
  return Math.min(Math.max(LEAST_UDP, edns?.udpSize ?? 0), MOST_UDP);
}
