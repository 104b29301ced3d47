import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { SimulateAllocator } from '../../application/ipam/simulate.js';
import { operationSchema, stepSchema, worldSchema } from '../../application/ipam/simulation-input.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';

const SIMULATE = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'What an allocator of Kubernetes would do',
  description:
    'Runs operations one after the other on an allocator that begins as `world` says, and tells what each came to. No cluster is asked and nothing is written. Where the system itself draws at random, the start is seeded with the range, so that the same request gets the same answer.',
  body: z.strictObject({ world: worldSchema, operations: z.array(operationSchema).min(1).max(10_000) }),
  answers: { 200: { description: 'one step for each operation', schema: z.object({ steps: z.array(stepSchema) }) } },
  problems: ['limit-too-large'],
  examples: [
    {
      title: 'Three ClusterIPs, one of them fixed',
      body: {
        world: { type: 'services', cidr: '10.96.0.0/24' },
        operations: [{ op: 'allocate', values: ['10.96.0.10'] }, { op: 'allocate', repeat: 2 }, { op: 'status' }],
      },
    },
    {
      title: 'Pod ranges of nodes',
      body: { world: { type: 'subnets', network: '10.244.0.0/16', childPrefixLength: 24 }, operations: [{ op: 'allocate', repeat: 3 }] },
    },
  ],
});

/** Allocators to try things on. */
@Controller()
export class SimulateController {
  constructor(private readonly simulation: SimulateAllocator) {}

  @Handles(SIMULATE)
  simulate(@Input() { body }: InputOf<typeof SIMULATE>): object {
    return { steps: orThrow(this.simulation.run(body.world, body.operations)) };
  }
}
