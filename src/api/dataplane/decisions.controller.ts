import { Controller } from '@nestjs/common';
import { decide } from '../../application/dataplane/decide.js';
import { decisionInput, decisionOutput } from '../../application/dataplane/decision-input.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';

const DECIDE = defineEndpoint({
  method: 'POST',
  path: '/api/v1/dataplane/decide',
  tag: 'dataplane',
  access: { role: 'viewer', reach: 'own' },
  summary: 'What a rule of the data plane says, by itself',
  description:
    'The MTU of pods by plugin and mode, whether a packet is wrapped, whether its source is rewritten: the rules that the answers about a cluster rest on, asked with values of one’s own. No cluster is asked.',
  body: decisionInput,
  answers: { 200: { description: 'what the rule says', schema: decisionOutput } },
  problems: ['invalid-request'],
  examples: [
    {
      title: 'VXLAN of Calico over IPv6, on a device of 9001 bytes',
      body: { decision: 'podMtu', cni: 'calico', mode: 'vxlan', underlayFamily: 6, hostMtu: 9001 },
    },
    {
      title: 'CrossSubnet: the other node is in the subnet',
      body: { decision: 'encapsulation', mode: 'CrossSubnet', localSubnet: '10.0.0.0/16', remoteAddress: '10.0.1.1' },
    },
    {
      title: 'A pod of Calico to the internet',
      body: {
        decision: 'masquerade',
        by: { engine: 'calico', pools: [{ cidr: '10.0.0.0/16', natOutgoing: true }] },
        source: '10.0.0.5',
        destination: '198.51.100.7',
      },
    },
    { title: 'What ip-masq-agent leaves alone', body: { decision: 'nonMasqueradeCIDRs', settings: {} } },
  ],
});

/** Rules of the data plane, to try values on. */
@Controller()
export class DecisionsController {
  @Handles(DECIDE)
  decide(@Input() { body }: InputOf<typeof DECIDE>): object {
    return orThrow(decide(body));
  }
}
