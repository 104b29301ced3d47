import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { SimulateAllocator } from '../../application/ipam/simulate.js';
import {
  calicoBlockOperationSchema,
  calicoBlockWorldSchema,
  calicoOperationSchema,
  calicoWorldSchema,
} from '../../application/ipam/calico-simulation-input.js';
import { ciliumOperationSchema, ciliumWorldSchema } from '../../application/ipam/cilium-simulation-input.js';
import { hostLocalOperationSchema, hostLocalWorldSchema } from '../../application/ipam/host-local-simulation-input.js';
import { lbOperationSchema, lbWorldSchema } from '../../application/ipam/lb-simulation-input.js';
import { prefixOperationSchema, prefixWorldSchema } from '../../application/ipam/prefix-simulation-input.js';
import { operationSchema, stepSchema, worldSchema } from '../../application/ipam/simulation-input.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';

const STEPS = { 200: { description: 'one step for each operation', schema: z.object({ steps: z.array(stepSchema) }) } };

const simulationOf = <World extends z.ZodType, Operation extends z.ZodType>(world: World, operation: Operation) =>
  z.strictObject({ world, operations: z.array(operation).min(1).max(10_000) });

const SIMULATE = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'What an allocator of Kubernetes would do',
  description:
    'Runs operations one after the other on an allocator that begins as `world` says, and tells what each came to. No cluster is asked and nothing is written. Where the system itself draws at random, the start is seeded with the range, so that the same request gets the same answer.',
  body: simulationOf(worldSchema, operationSchema),
  answers: STEPS,
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

const SIMULATE_CALICO = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate/calico',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'What Calico’s address management would do',
  description:
    'Runs calls of Calico’s IPAM one after the other: blocks that nodes claim, block limits, borrowing, strict affinity, handles, sequence numbers, reservations, cooldown. Failures carry Calico’s own words. No cluster is asked and nothing is written. Where Calico draws at random, the node’s name is the seed.',
  body: simulationOf(calicoWorldSchema, calicoOperationSchema),
  answers: STEPS,
  problems: ['limit-too-large'],
  examples: [
    {
      title: 'The block limit of a node',
      body: {
        world: {
          pools: [{ cidr: '10.244.0.0/24', blockSize: 28 }],
          nodes: [{ name: 'node-a' }],
          config: { strictAffinity: true, maxBlocksPerHost: 2 },
        },
        operations: [{ op: 'autoAssign', node: 'node-a', num4: 40, handle: 'pods' }, { op: 'blocks' }],
      },
    },
  ],
});

const SIMULATE_CALICO_BLOCK = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate/calico-block',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'What one block of Calico’s address management does',
  description: 'The queue of free addresses of a block, its handles, sequence numbers and the cooldown of released addresses.',
  body: simulationOf(calicoBlockWorldSchema, calicoBlockOperationSchema),
  answers: STEPS,
  problems: ['limit-too-large'],
  examples: [
    {
      title: 'A released address comes last',
      body: {
        world: { cidr: '10.244.0.0/29' },
        operations: [
          { op: 'next', count: 7 },
          { op: 'release', items: [{ ip: '10.244.0.3' }] },
          { op: 'next', count: 2 },
        ],
      },
    },
  ],
});

const SIMULATE_HOST_LOCAL = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate/host-local',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'What the CNI plugin host-local would give out on a node',
  description:
    'Addresses of one node, round robin through the ranges of each set, never a gateway: Flannel, Antrea, bridge, macvlan and others allocate so. Takes range sets, or a network configuration of CNI as it lies on the node. No cluster is asked and nothing is written.',
  body: simulationOf(hostLocalWorldSchema, hostLocalOperationSchema),
  answers: STEPS,
  problems: ['limit-too-large'],
  examples: [
    {
      title: 'Two containers of a node of Flannel',
      body: {
        world: { config: { cniVersion: '1.0.0', name: 'cbr0', ipam: { type: 'host-local', subnet: '10.244.1.0/24' } } },
        operations: [
          { op: 'allocate', id: 'a' },
          { op: 'allocate', id: 'b' },
        ],
      },
    },
  ],
});

const SIMULATE_PREFIX = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate/prefix',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'What would be given out of a prefix or range, by the rules of NetBox',
  description:
    'The lowest free addresses; prefixes of several lengths at once, each at the lowest aligned gap that fits; all that is asked for or nothing. VRFs, populated and utilized ranges, containers and pools count as in NetBox. No cluster is asked and nothing is written.',
  body: simulationOf(prefixWorldSchema, prefixOperationSchema),
  answers: STEPS,
  problems: ['limit-too-large'],
  examples: [
    {
      title: 'A /26 and a /28 of a /24',
      body: {
        world: { prefix: '192.0.2.0/24', status: 'container', children: ['192.0.2.0/27'] },
        operations: [{ op: 'allocatePrefix', items: [{ prefixLength: 26 }, { prefixLength: 28 }] }, { op: 'utilization' }],
      },
    },
  ],
});

const SIMULATE_LOAD_BALANCERS = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate/load-balancers',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'Which addresses MetalLB would give to services',
  description:
    'Pools are tried in order, addresses from the lowest; services with one sharing key and no port in common share an address; a reload takes addresses away that no pool covers any more. No cluster is asked and nothing is written.',
  body: simulationOf(lbWorldSchema, lbOperationSchema),
  answers: STEPS,
  problems: ['limit-too-large'],
  examples: [
    {
      title: 'Two services that share an address',
      body: {
        world: { pools: [{ name: 'public', addresses: ['192.0.2.10-192.0.2.19'] }] },
        operations: [
          { op: 'allocate', service: 'default/web', ports: ['TCP/443'], sharingKey: 'edge' },
          { op: 'allocate', service: 'default/dns', ports: ['UDP/53'], sharingKey: 'edge' },
        ],
      },
    },
  ],
});

const SIMULATE_CILIUM = defineEndpoint({
  method: 'POST',
  path: '/api/v1/ipam/simulate/cilium-pools',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'Which prefixes Cilium’s operator would give to nodes',
  description:
    'Multi-pool address management: prefixes are given to a node until their usable addresses cover its demand; what nodes have of a pool that is gone stays theirs. No cluster is asked and nothing is written.',
  body: simulationOf(ciliumWorldSchema, ciliumOperationSchema),
  answers: STEPS,
  problems: ['limit-too-large'],
  examples: [
    {
      title: 'Forty addresses in prefixes of fourteen',
      body: {
        operations: [
          { op: 'upsertPool', name: 'default', cidrs: ['10.10.0.0/24'], maskSize4: 28 },
          { op: 'restoreFinished' },
          { op: 'allocateToNode', node: 'node-a', requested: [{ pool: 'default', ipv4: 40 }] },
        ],
      },
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

  @Handles(SIMULATE_CALICO)
  calico(@Input() { body }: InputOf<typeof SIMULATE_CALICO>): object {
    return { steps: orThrow(this.simulation.calico(body.world, body.operations)) };
  }

  @Handles(SIMULATE_CALICO_BLOCK)
  calicoBlock(@Input() { body }: InputOf<typeof SIMULATE_CALICO_BLOCK>): object {
    return { steps: orThrow(this.simulation.calicoBlock(body.world, body.operations)) };
  }

  @Handles(SIMULATE_HOST_LOCAL)
  hostLocal(@Input() { body }: InputOf<typeof SIMULATE_HOST_LOCAL>): object {
    return { steps: orThrow(this.simulation.hostLocal(body.world, body.operations)) };
  }

  @Handles(SIMULATE_PREFIX)
  prefix(@Input() { body }: InputOf<typeof SIMULATE_PREFIX>): object {
    return { steps: orThrow(this.simulation.prefix(body.world, body.operations)) };
  }

  @Handles(SIMULATE_LOAD_BALANCERS)
  loadBalancers(@Input() { body }: InputOf<typeof SIMULATE_LOAD_BALANCERS>): object {
    return { steps: orThrow(this.simulation.loadBalancers(body.world, body.operations)) };
  }

  @Handles(SIMULATE_CILIUM)
  ciliumPools(@Input() { body }: InputOf<typeof SIMULATE_CILIUM>): object {
    return { steps: orThrow(this.simulation.ciliumPools(body.operations)) };
  }
}
