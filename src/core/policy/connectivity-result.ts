import type { Protocol } from '../net/protocol.js';
import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import type { Direction } from './internal/direction.js';
import type { AskedProtocol } from './asked-protocol.js';

/** What the listing counts as one. */
export const CONNECTIVITY_LEVELS = ['workload', 'pod', 'namespace', 'label'] as const;

/** How the listing is written: `table` names objects as `kubectl` does; `boxes` tells every IP protocol beside that; `netpol-analyzer` is that tool's listing. */
export const CONNECTIVITY_FORMATS = ['table', 'boxes', 'netpol-analyzer'] as const;

/** Whose names a listing uses: `kubectl`'s, or that tool's. */
export const NAMINGS = ['table', 'netpol-analyzer'] as const;

/** What to list. */
export interface ConnectivityQuestion {
  /** Undefined: every pod and every address. */
  readonly from: ResolvedEndpoints | undefined;
  readonly to: ResolvedEndpoints | undefined;
  readonly level: (typeof CONNECTIVITY_LEVELS)[number];
  /** At level `label`: the keys whose values pods are grouped by. */
  readonly label?: readonly string[] | undefined;
  /** Only connections of these workloads or pods, `web` or `shop/web`, on either side, with commas between; `ingress-controller` in the format `netpol-analyzer`. */
  readonly workload?: string | undefined;
  /** And of them only those with these. */
  readonly peer?: string | undefined;
  /** And only what the workloads receive, or what they send. */
  readonly direction?: Direction | undefined;
  /** In the format `netpol-analyzer`: only rows whose connections include this one; they are then listed without their connections. */
  readonly connection?: { readonly protocol: Protocol; readonly port: number } | undefined;
  readonly format: (typeof CONNECTIVITY_FORMATS)[number];
  /** Only connections over this protocol and port; undefined: all. */
  readonly protocol: AskedProtocol | undefined;
  readonly port: string | undefined;
  /** Whether address ranges outside are listed where `from` or `to` is not given. */
  readonly external: boolean;
  /** Pairs between which nothing is allowed are kept, to say why. */
  readonly explains?: true;
}

/** The meaning of each verdict. */
export const CONNECTIVITY_VERDICTS = {
  CONNECTED: 'at least one connection is allowed',
  ISOLATED: 'no connection is allowed',
} as const;

/** Whether anything is allowed. */
export type ConnectivityVerdict = keyof typeof CONNECTIVITY_VERDICTS;

/** An allowed connection. */
export interface AllowedConnection {
  /** `Deployment shop/web`, `Pod shop/debug`, `Namespace shop`, `Node harbor-1`, `203.0.113.0/24`. */
  readonly from: string;
  readonly to: string;
  /** What is allowed: `All Connections`, `TCP 80,443,UDP 53`. */
  readonly connection: string;
  /** The same by the policies alone, whether the plugin enforces them or not. */
  readonly policyConnection: string;
  /** True: some pods of the two differ; `connection` is what at least one pair of them may use. */
  readonly partial: boolean;
  /** In the format `boxes`: what `connection` says, of every IP protocol; otherwise null. */
  readonly boxes: readonly ConnectionBox[] | null;
}

/** A set of connections: all criteria that are not null hold. Ranges are `[first, last]`. */
export interface ConnectionBox {
  /** `TCP`, `UDP`, `SCTP`, `UDPLite`, `ICMP`, `ICMPv6`; others by their number, `112`. */
  readonly protocols: readonly string[] | null;
  /** All but these. */
  readonly notProtocols: readonly string[] | null;
  readonly srcPorts: readonly (readonly number[])[] | null;
  readonly dstPorts: readonly (readonly number[])[] | null;
  readonly icmpType: readonly (readonly number[])[] | null;
  readonly icmpCode: readonly (readonly number[])[] | null;
}

/** What `connectivity` finds out beside the verdict. */
export interface ConnectivityResult {
  readonly level: ConnectivityQuestion['level'];
  readonly format: ConnectivityQuestion['format'];
  readonly sources: number;
  readonly destinations: number;
  /** Every allowed connection, in stable order; empty in the format `netpol-analyzer`. */
  readonly connections: readonly AllowedConnection[];
  /** `[source, destination, connections]` in the format `netpol-analyzer`, otherwise null. */
  readonly rows: readonly (readonly string[])[] | null;
}
