import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { AwsCapacity } from '../../application/ipam/aws-capacity.js';
import { SWITCH } from '../../application/ipam/ipam-input.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';

const count = z.coerce.number().int().min(0).max(100_000);

const CAPACITY = defineEndpoint({
  method: 'GET',
  path: '/api/v1/ipam/aws-capacity',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'own' },
  summary: 'How many pods an instance of AWS can have, and the prefixes it holds for them',
  description:
    'The arithmetic of the Amazon VPC CNI: pods by the interfaces of an instance type and their IPv4 addresses; with prefix delegation, the /28 prefixes that an instance holds for its pods under WARM_PREFIX_TARGET, or under WARM_IP_TARGET and MINIMUM_IP_TARGET.',
  query: z.strictObject({
    interfaces: count.min(1).describe('network interfaces of the instance type'),
    ipv4PerInterface: count.min(1).describe('IPv4 addresses of each'),
    prefixDelegation: SWITCH.describe('whether interfaces take /28 prefixes in place of addresses; Nitro instances only'),
    customNetworking: SWITCH.describe('whether the first interface gives pods nothing'),
    vcpus: count.min(1).optional().describe('virtual CPUs of the instance type; left out, nothing is recommended'),
    pods: count.default(0).describe('pods that have addresses, without those on the host network'),
    warmPrefixTarget: count.default(1).describe('0: not set; one of the three targets has to be'),
    warmIpTarget: count.default(0).describe('0: not set'),
    minimumIpTarget: count.default(0),
  }),
  answers: {
    200: {
      description: 'the numbers',
      schema: z.object({
        maxPods: z.number().int().describe('by addresses, with two on the host network'),
        recommendedPods: z.number().int().nullable().describe('as the tool of EKS has it: 250 at most with more than 30 CPUs, else 110'),
        prefixes: z.number().int().describe('/28 prefixes held'),
        unused: z.number().int().describe('addresses of them that nobody has'),
      }),
    },
  },
  problems: [],
  examples: [
    { title: 'An m5.large with 17 pods', query: { interfaces: '3', ipv4PerInterface: '10', pods: '17' } },
    { title: 'The same with prefixes', query: { interfaces: '3', ipv4PerInterface: '10', prefixDelegation: 'true', vcpus: '2' } },
  ],
});

/** What the instances of AWS hold. */
@Controller()
export class AwsCapacityController {
  constructor(private readonly capacity: AwsCapacity) {}

  @Handles(CAPACITY)
  read(@Input() { query }: InputOf<typeof CAPACITY>): object {
    return orThrow(this.capacity.of(query));
  }
}
