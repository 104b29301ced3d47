import { formatIp, parseIp } from '../../net/ip.js';
import { hostPortConflict, type HostPortKey } from '../../model/host-port-conflict.js';
import type { AllocatorOperation, HostPort, Outcome, SimulatedAllocator, SimulatedValue } from '../simulation.js';

/** The host ports of one node. `check` gives true where a port conflicts; `allocate` adds without asking, as the scheduler's cache does. */
export class SimulatedHostPorts implements SimulatedAllocator {
  readonly attempts = 0;
  private readonly held = new Map<string, HostPortKey>();

  get looks(): number {
    return this.held.size;
  }

  run(op: AllocatorOperation['op'], value: SimulatedValue | undefined): Outcome | undefined {
    if (op === 'status') return {};
    const key = typeof value === 'object' ? keyOf(value) : undefined;
    if (!key) return undefined;
    const name = `${key.protocol} ${key.ip} ${key.port}`;
    if (op === 'check') return { result: [...this.held.values()].some((other) => hostPortConflict(key, other)) };
    if (op === 'release') this.held.delete(name);
    else if (op === 'allocate' && key.port > 0) this.held.set(name, key);
    return op === 'release' || op === 'allocate' ? {} : undefined;
  }

  state(): ReturnType<SimulatedAllocator['state']> {
    return { size: String(this.held.size) };
  }
}

function keyOf({ protocol, ip, port }: HostPort): HostPortKey | undefined {
  const parsed = ip === '' ? undefined : parseIp(ip);
  if (ip !== '' && !parsed) return undefined;
  return { protocol: protocol === '' ? 'TCP' : protocol.toUpperCase(), ip: parsed ? formatIp(parsed) : '0.0.0.0', port };
}
