import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { CloudCapacity, cloudNetworkSchema } from '../../application/ipam/cloud-capacity.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';

const CAPACITY = defineEndpoint({
  method: 'GET',
  path: '/api/v1/ipam/cloud-capacity',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'How many nodes and pods a range has room for in GKE or AKS',
  description:
    'The arithmetic of clouds that give nodes parts of a range: the size of a node’s range by the pods that it may have, or what it takes of a subnet. For AWS see `/api/v1/ipam/aws-capacity`.',
  query: z.strictObject({
    network: cloudNetworkSchema,
    range: z.string().min(1).max(64).describe('the range of pods, of IPv4; with `aks-node-subnet` the subnet of nodes'),
    maxPods: z.coerce.number().int().min(1).max(1_000).optional().describe('pods that a node may have; left out: what the cloud sets'),
  }),
  answers: {
    200: {
      description: 'the numbers',
      schema: z.object({
        maxPods: z.number().int(),
        nodePrefixLength: z.number().int().nullable().describe('of a node’s own range; null: it has none'),
        addressesPerNode: z.number().int(),
        nodes: z.number().int(),
        pods: z.number().int(),
      }),
    },
  },
  problems: [],
  examples: [
    { title: 'GKE with 32 pods a node', query: { network: 'gke', range: '10.0.0.0/18', maxPods: '32' } },
    { title: 'A /24 with Azure CNI', query: { network: 'aks-node-subnet', range: '10.1.0.0/24' } },
  ],
});

/** What ranges of clouds have room for. */
@Controller()
export class CloudCapacityController {
  constructor(private readonly capacity: CloudCapacity) {}

  @Handles(CAPACITY)
  read(@Input() { query }: InputOf<typeof CAPACITY>): object {
    return orThrow(this.capacity.of(query));
  }
}
