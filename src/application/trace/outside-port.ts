import type { Note } from '../../core/kernel/answer.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { formatIp } from '../../core/net/ip.js';
import type { NameStage } from './name-stage.js';
import type { TraceDestination } from './trace-destination.js';
import { isOfCluster } from './trace-verdict.js';

/** Most of what pods ask of the world is HTTPS. */
const PORT = '443';

const PORT_ASSUMED: Note = {
  code: 'PORT_ASSUMED',
  message: `no port is named: the packet is taken to go to port ${PORT}; which source the other side sees hangs on no port, what policies allow may`,
};

/** A destination, and what it rests on. */
interface PortedDestination {
  readonly destination: TraceDestination;
  readonly assumptions: readonly Note[];
}

/** Gives a destination outside the cluster a port where none is named: who asks which address the world sees has none in mind. */
export function withOutsidePort(model: NetworkModel, destination: TraceDestination, name: NameStage | undefined): PortedDestination {
  if (destination.port !== undefined || !liesOutside(model, destination, name)) return { destination, assumptions: [] };
  return { destination: { ...destination, text: `${destination.text}:${PORT}`, port: PORT }, assumptions: [PORT_ASSUMED] };
}

function liesOutside(model: NetworkModel, { target }: TraceDestination, name: NameStage | undefined): boolean {
  if (target.kind === 'address') return !isOfCluster(model, formatIp(target.ip));
  return target.kind === 'name' && name?.answer.verdict === 'EXTERNAL' && !name.askedElsewhere;
}
