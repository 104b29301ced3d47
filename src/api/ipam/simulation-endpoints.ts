import { z } from 'zod';
import {
  calicoBlockOperationSchema,
  calicoBlockWorldSchema,
  calicoOperationSchema,
  calicoWorldSchema,
} from '../../application/ipam/calico-simulation-input.js';
import { ciliumOperationSchema, ciliumWorldSchema } from '../../application/ipam/cilium-simulation-input.js';
import { hostLocalOperationSchema, hostLocalWorldSchema } from '../../application/ipam/host-local-simulation-input.js';
import { lbOperationSchema, lbWorldSchema } from '../../application/ipam/lb-simulation-input.js';
import { numberOperationSchema, numberWorldSchema } from '../../application/ipam/number-simulation-input.js';
import { prefixOperationSchema, prefixWorldSchema } from '../../application/ipam/prefix-simulation-input.js';
import { operationSchema, stepSchema, worldSchema } from '../../application/ipam/simulation-input.js';
import {
  weaveOperationSchema,
  weaveRingOperationSchema,
  weaveRingWorldSchema,
  weaveWorldSchema,
} from '../../application/ipam/weave-simulation-input.js';
import { defineEndpoint } from '../http/endpoint.js';

interface Simulation<World extends z.ZodType, Operation extends z.ZodType> {
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly world: World;
  readonly operation: Operation;
  readonly examples: readonly { readonly title: string; readonly body: unknown }[];
}

/** What all simulations have in common: a world and steps go in, what each step came to comes out. */
function simulationEndpoint<World extends z.ZodType, Operation extends z.ZodType>(simulation: Simulation<World, Operation>) {
  const { path, summary, description, world, operation, examples } = simulation;
  return defineEndpoint({
    method: 'POST',
    path: `/api/v1/ipam/simulate${path}`,
    tag: 'ipam',
    access: { role: 'viewer', reach: 'own' },
    summary,
    description: `${description} No cluster is asked and nothing is written.`,
    body: z.strictObject({ world, operations: z.array(operation).min(1).max(10_000) }),
    answers: { 200: { description: 'one step for each operation', schema: z.object({ steps: z.array(stepSchema) }) } },
    problems: ['limit-too-large'],
    examples,
  });
}

/** `POST /api/v1/ipam/simulate`. */
export const SIMULATE = simulationEndpoint({
  path: '',
  summary: 'What an allocator of Kubernetes would do',
  description:
    'Runs operations one after the other on an allocator that begins as `world` says, and tells what each came to. Where the system itself draws at random, the start is seeded with the range, so that the same request gets the same answer.',
  world: worldSchema,
  operation: operationSchema,
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

/** `POST /api/v1/ipam/simulate/calico`. */
export const SIMULATE_CALICO = simulationEndpoint({
  path: '/calico',
  summary: 'What Calico’s address management would do',
  description:
    'Runs calls of Calico’s IPAM one after the other: blocks that nodes claim, block limits, borrowing, strict affinity, handles, sequence numbers, reservations, cooldown. Failures carry Calico’s own words. Where Calico draws at random, the node’s name is the seed.',
  world: calicoWorldSchema,
  operation: calicoOperationSchema,
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

/** `POST /api/v1/ipam/simulate/calico-block`. */
export const SIMULATE_CALICO_BLOCK = simulationEndpoint({
  path: '/calico-block',
  summary: 'What one block of Calico’s address management does',
  description: 'The queue of free addresses of a block, its handles, sequence numbers and the cooldown of released addresses.',
  world: calicoBlockWorldSchema,
  operation: calicoBlockOperationSchema,
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

/** `POST /api/v1/ipam/simulate/host-local`. */
export const SIMULATE_HOST_LOCAL = simulationEndpoint({
  path: '/host-local',
  summary: 'What the CNI plugin host-local would give out on a node',
  description:
    'Addresses of one node, round robin through the ranges of each set, never a gateway: Flannel, Antrea, bridge, macvlan and others allocate so. Takes range sets, or a network configuration of CNI as it lies on the node.',
  world: hostLocalWorldSchema,
  operation: hostLocalOperationSchema,
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

/** `POST /api/v1/ipam/simulate/prefix`. */
export const SIMULATE_PREFIX = simulationEndpoint({
  path: '/prefix',
  summary: 'What would be given out of a prefix or range, by the rules of NetBox',
  description:
    'The lowest free addresses; prefixes of several lengths at once, each at the lowest aligned gap that fits; all that is asked for or nothing. VRFs, populated and utilized ranges, containers and pools count as in NetBox.',
  world: prefixWorldSchema,
  operation: prefixOperationSchema,
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

/** `POST /api/v1/ipam/simulate/load-balancers`. */
export const SIMULATE_LOAD_BALANCERS = simulationEndpoint({
  path: '/load-balancers',
  summary: 'Which addresses MetalLB would give to services',
  description:
    'Pools are tried in order, addresses from the lowest; services with one sharing key and no port in common share an address; a reload takes addresses away that no pool covers any more.',
  world: lbWorldSchema,
  operation: lbOperationSchema,
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

/** `POST /api/v1/ipam/simulate/cilium-pools`. */
export const SIMULATE_CILIUM = simulationEndpoint({
  path: '/cilium-pools',
  summary: 'Which prefixes Cilium’s operator would give to nodes',
  description:
    'Multi-pool address management: prefixes are given to a node until their usable addresses cover its demand; what nodes have of a pool that is gone stays theirs.',
  world: ciliumWorldSchema,
  operation: ciliumOperationSchema,
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

/** `POST /api/v1/ipam/simulate/weave`. */
export const SIMULATE_WEAVE = simulationEndpoint({
  path: '/weave',
  summary: 'What the peers of Weave Net would give to containers and to one another',
  description:
    'One range that all peers share, each owning parts of it: a peer gives the lowest address of its own, and asks another for space when it has none. The donor gives its biggest aligned free part, at most half of what it has.',
  world: weaveWorldSchema,
  operation: weaveOperationSchema,
  examples: [
    {
      title: 'A peer that joins later gets its space from another',
      body: {
        world: { range: '10.32.0.0/24', peers: ['a', 'b'] },
        operations: [{ op: 'allocate', peer: 'a' }, { op: 'allocate', peer: 'late' }, { op: 'ring' }],
      },
    },
  ],
});

/** `POST /api/v1/ipam/simulate/weave-ring`. */
export const SIMULATE_WEAVE_RING = simulationEndpoint({
  path: '/weave-ring',
  summary: 'How peers of Weave Net merge what they take for the ring',
  description:
    'Each peer has a ring of its own: tokens with their peer, version and free space, as `weave report` tells them. What it hears of another it merges into it, and refuses where the two contradict one another about what is in use. Failures carry Weave’s own words.',
  world: weaveRingWorldSchema,
  operation: weaveRingOperationSchema,
  examples: [
    {
      title: 'Two peers that were begun apart',
      body: {
        world: { range: '10.32.0.0/24', peers: [{ name: 'a', inUse: ['10.32.0.1'] }, { name: 'b' }] },
        operations: [
          { op: 'claimForPeers', peer: 'a', peers: ['a'] },
          { op: 'claimForPeers', peer: 'b', peers: ['b'] },
          { op: 'merge', peer: 'a', from: 'b' },
        ],
      },
    },
  ],
});

/** `POST /api/v1/ipam/simulate/numbers`. */
export const SIMULATE_NUMBERS = simulationEndpoint({
  path: '/numbers',
  summary: 'Which VLAN ids or AS numbers would be given out, by the rules of NetBox',
  description: 'The lowest that are free; all that are asked for or none.',
  world: numberWorldSchema,
  operation: numberOperationSchema,
  examples: [{ title: 'Three VLANs', body: { world: { used: [1, 3, 5] }, operations: [{ op: 'allocate', count: 3 }] } }],
});
