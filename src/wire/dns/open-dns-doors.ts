import type { Registry } from 'prom-client';
import type { NameServers } from '../../application/dns/name-servers.js';
import { AnswerRate, isLoopback } from './answer-rate.js';
import { DnsMetrics } from './dns-metrics.js';
import { PacketDesk } from './packet-desk.js';
import { SeldomLog } from './seldom-log.js';
import { openTcpDoor } from './tcp-door.js';
import { type Door, openUdpDoor } from './udp-door.js';

/** A cluster and the port its names are served on. */
export interface ServedCluster {
  readonly cluster: string;
  /** 0: a free one. */
  readonly port: number;
}

/** Where and for whom DNS is answered. */
export interface DnsSettings {
  readonly served: readonly ServedCluster[];
  readonly address: string;
  /** Answers over UDP for each sender; 0: any number. */
  readonly answersPerSecond: number;
}

/** What the doors lead to. */
export interface DnsSurroundings {
  readonly servers: NameServers;
  readonly registry: Registry;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

/** The doors of all clusters. */
export interface DnsDoors {
  /** With the ports they have. */
  readonly served: readonly ServedCluster[];
  close(): Promise<void>;
}

/** A port could not be had; `cause` says why. */
export class DnsPortFailure extends Error {
  constructor(
    readonly served: ServedCluster,
    cause: unknown,
  ) {
    super(`the port ${served.port} for DNS of \`${served.cluster}\` cannot be had`, { cause });
  }
}

/** Where a free port is wanted, how often another one is tried when TCP's is not free for UDP. */
const ATTEMPTS = 5;

/** Opens a UDP and a TCP door for each cluster; all or, with `DnsPortFailure`, none. */
export async function openDnsDoors(settings: DnsSettings, surroundings: DnsSurroundings): Promise<DnsDoors> {
  const { served, address, answersPerSecond } = settings;
  const { log, registry, servers } = surroundings;
  const shared = { servers, log, metrics: new DnsMetrics(registry), rate: new AnswerRate(answersPerSecond) };
  const open: Door[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map(async (door) => door.close()));
  };
  const ports: ServedCluster[] = [];
  try {
    for (const one of served) {
      const doors = await openPair(one, address, shared);
      open.push(...doors);
      ports.push({ cluster: one.cluster, port: doors[0].port });
      log.info({ cluster: one.cluster, address, port: doors[0].port }, 'answering DNS');
    }
  } catch (error) {
    await close();
    throw error;
  }
  if (!isLoopback(address))
    log.warn({ address }, 'DNS is answered without a token: whoever reaches this address can ask for every name of these clusters');
  return { served: ports, close };
}

interface Shared extends Pick<DnsSurroundings, 'servers' | 'log'> {
  readonly metrics: DnsMetrics;
  readonly rate: AnswerRate;
}

/** Both transports on one port. */
async function openPair(served: ServedCluster, address: string, { servers, log, metrics, rate }: Shared): Promise<readonly [Door, Door]> {
  const { cluster, port } = served;
  const failures = new SeldomLog((error, unsaid) => log.error({ err: error, cluster, unsaid }, 'a DNS question could not be answered'));
  const onFailure = (error: unknown): void => failures.failed(error);
  const desk = new PacketDesk({ cluster, newest: async () => servers.newest(cluster), rate, metrics, onFailure });
  const onConnection = (change: 1 | -1): void => desk.connected(change);
  for (let attempt = 1; ; attempt++) {
    let tcp: Door | undefined;
    try {
      tcp = await openTcpDoor(desk, address, port, { onConnection, onFailure });
      return [tcp, await openUdpDoor(desk, address, tcp.port, onFailure)];
    } catch (error) {
      await tcp?.close();
      if (port !== 0 || attempt === ATTEMPTS) throw new DnsPortFailure(served, error);
    }
  }
}
