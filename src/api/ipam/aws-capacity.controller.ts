import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { AwsCapacity } from '../../application/ipam/aws-capacity.js';
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
    pods: count.default(0).describe('pods that have addresses, without those on the host network'),
    warmPrefixTarget: count.default(1).describe('0: not set; one of the three targets has to be'),
    warmIpTarget: count.default(0).describe('0: not set'),
    minimumIpTarget: count.default(0),
  }),
  answers: {
    200: {
      description: 'the numbers',
      schema: z.object({
        maxPods: z.number().int().describe('with two on the host network'),
        prefixes: z.number().int().describe('/28 prefixes held'),
        unused: z.number().int().describe('addresses of them that nobody has'),
      }),
    },
  },
  problems: [],
  examples: [{ title: 'An m5.large with 17 pods', query: { interfaces: '3', ipv4PerInterface: '10', pods: '17' } }],
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
