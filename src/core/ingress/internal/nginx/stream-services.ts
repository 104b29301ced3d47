import { inMap } from '../../../kernel/in-map.js';
import { once } from '../../../kernel/once.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Rejection } from '../dialect.js';
import type { PathRule } from '../path-rule.js';
import { streamBackend } from './nginx-backend.js';
import type { NginxOptions } from './options.js';
import { portsBehind } from './stream-fronts.js';
import { type StreamEntry, streamEntries, type Transport } from './stream-entries.js';

/** An entry as a rule: it has neither host nor path. */
export interface Stream {
  readonly entry: StreamEntry;
  readonly rule: PathRule;
  /** What its Service comes to; undefined: the controller does not look for one. */
  readonly reached: BackendOutcome | undefined;
  /** Why nginx does not listen at its port; undefined: it does. */
  readonly idle: string | undefined;
}

/** Ports at which nginx passes connections, and packets, to Services (kubernetes/ingress-nginx `controller.go`, `getStreamServices`; `--tcp-services-configmap`, `--udp-services-configmap`). */
export class StreamServices {
  private readonly entries: readonly StreamEntry[];
  /** By port and transport. */
  private readonly byPort = new Map<string, StreamEntry[]>();
  private readonly followed = new Map<StreamEntry, Stream>();

  constructor(
    private readonly model: NetworkModel,
    private readonly className: string | undefined,
    private readonly options: NginxOptions,
  ) {
    this.entries = [...this.entriesOf('TCP'), ...this.entriesOf('UDP')];
    for (const entry of this.entries)
      if (entry.port !== undefined) inMap(this.byPort, keyOf(entry.port, entry.transport), (): StreamEntry[] => []).push(entry);
  }

  private entriesOf(transport: Transport): readonly StreamEntry[] {
    const map = this.model.configMaps.get(this.options.streams[transport] ?? '');
    return map ? streamEntries(map, transport, this.options) : [];
  }

  /** Whether the controller is known to be told of any ConfigMap of streams. */
  get areTold(): boolean {
    return this.options.streams.TCP !== undefined || this.options.streams.UDP !== undefined;
  }

  get all(): readonly Stream[] {
    return this.entries.map((entry) => this.streamOf(entry));
  }

  /** The entries of a port. */
  at(port: number, transport: Transport): readonly Stream[] {
    return (this.byPort.get(keyOf(port, transport)) ?? []).map((entry) => this.streamOf(entry));
  }

  /** Those that nginx listens for at a port: one, or none, where no key says the number of another in other digits. */
  listeningAt(port: number, transport: Transport): readonly Stream[] {
    return this.byPort.size === 0 ? [] : this.at(port, transport).filter(({ idle }) => idle === undefined);
  }

  /** The port of nginx that one of the Service in front of it leads to; where that does not tell, both are one. */
  portBehind(port: number, transport: Transport): number {
    return this.behind().get(keyOf(port, transport)) ?? port;
  }

  /** The ports by which clients come to one of nginx. */
  portsInFront(port: number, transport: Transport): readonly number[] {
    return this.inFront().get(keyOf(port, transport)) ?? [port];
  }

  private readonly inFront = once(() => {
    const fronts = new Map<string, number[]>();
    for (const [key, target] of this.behind()) {
      const [port = '', transport = ''] = key.split(' ');
      inMap(fronts, `${target} ${transport}`, (): number[] => []).push(Number(port));
    }
    return fronts;
  });

  private readonly behind = once(() => portsBehind(this.model, this.className));

  /** nginx takes no port that is none, nor did it before 1.25.5 take one twice, and then nothing of the configuration (`ngx_parse_url`, `ngx_stream_core_listen`). */
  rejection(): Rejection | undefined {
    for (const [first, ...others] of this.byPort.values()) {
      const port = first?.port ?? 1;
      if (others.length === 0 && port >= 1 && port <= 65_535) continue;
      const [one, two] = this.listeningAt(port, first?.transport ?? 'TCP');
      if (!one) continue;
      const isNone = port < 1 || port > 65_535;
      if (!isNone && (!two || this.options.sharesStreamPorts)) continue;
      const { map } = one.entry;
      const why = isNone
        ? `\`listen ${port}\` is no port`
        : `port ${port} is listened at twice, for \`${one.entry.key}\` and \`${two?.entry.key ?? ''}\``;
      return { message: `${describeRef(map.ref)}: ${why}`, ingress: map, pointer: one.rule.pointer };
    }
    return undefined;
  }

  private streamOf(entry: StreamEntry): Stream {
    return inMap(this.followed, entry, () => {
      const reached = entry.fault === undefined ? this.reachedBy(entry) : undefined;
      const last = reached?.steps.at(-1)?.message ?? reached?.verdict;
      const idle = entry.fault ?? (reached?.verdict === 'ROUTED' ? undefined : last);
      return { entry, rule: ruleOf(entry), reached, idle };
    });
  }

  private reachedBy({ map, key, service, transport }: StreamEntry): BackendOutcome | undefined {
    if (!service) return undefined;
    const backend = { type: 'service', name: service.name, port: service.port, pointer: pointerOf(key) } as const;
    return streamBackend(this.model, { ...map, namespace: service.namespace }, backend, transport);
  }
}

const keyOf = (port: number, transport: Transport) => `${port} ${transport}`;

const pointerOf = (key: string) => `/data/${key}`;

function ruleOf({ map, key, value, transport }: StreamEntry): PathRule {
  return {
    ingress: map,
    pointer: pointerOf(key),
    host: undefined,
    path: `${transport} ${key}`,
    pathType: undefined,
    backend: undefined,
    backendText: `service ${value}`,
    fault: undefined,
  };
}
