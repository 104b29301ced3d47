import { z } from 'zod';
import { CLOUD_NETWORKS, type CloudNetworkName, type CloudRoom, cloudRoom } from '../../core/ipam/cloud-capacity.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, type Result } from '../../core/kernel/result.js';
import { parseCidr } from '../../core/net/cidr.js';

/** A network of a cloud by its name. */
export const cloudNetworkSchema = z.enum(keysOf(CLOUD_NETWORKS)).describe(
  Object.entries(CLOUD_NETWORKS)
    .map(([name, means]) => `${name}: ${means}`)
    .join('; '),
);

/** A range of a cloud's network, and the nodes that take of it. */
export interface CloudRange {
  readonly network: CloudNetworkName;
  readonly range: string;
  /** Undefined: what the cloud sets. */
  readonly maxPods?: number | undefined;
}

/** How many nodes and pods a range of a cloud has room for. No cluster is asked. */
export class CloudCapacity {
  /** Fails with `invalid-request`. */
  of({ network, range, maxPods }: CloudRange): Result<CloudRoom, Problem> {
    const cidr = parseCidr(range);
    if (cidr) return cloudRoom(network, cidr, maxPods);
    const message = `\`${range}\` is no prefix such as \`10.0.0.0/16\``;
    return err(problem('invalid-request', message, { errors: [{ pointer: '/range', code: 'invalid-value', message }] }));
  }
}
