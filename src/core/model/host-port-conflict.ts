/** A port of a node's address; `0.0.0.0` is every address. */
export interface HostPortKey {
  readonly protocol: string;
  readonly ip: string;
  readonly port: number;
}

const EVERY_ADDRESS = '0.0.0.0';

/**
 * Whether two host ports of one node exclude one another: the same protocol and port, and the same address or one that is every address. A port of 0 or less never
 * conflicts. Source: kubernetes `pkg/scheduler/framework/types.go`, `HostPortInfo.CheckConflict`.
 */
export function hostPortConflict(a: HostPortKey, b: HostPortKey): boolean {
  if (a.port <= 0 || a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === EVERY_ADDRESS || b.ip === EVERY_ADDRESS;
}
