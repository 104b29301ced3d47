import { z } from 'zod';
import { ok } from '../../core/kernel/result.js';
import { resolveService } from '../../core/services/resolve-service.js';
import { SERVICE_REASONS } from '../../core/services/service-reasons.js';
import { defineQuestion } from '../questions/question.js';
import { PACKET_INPUT, packetAsked, packetIn } from './packet-input.js';
import { inProxyMode, PROXY_MODES } from './proxy-mode.js';
import { serviceResultSchema } from './service-result-schema.js';

const input = z.strictObject({
  ...PACKET_INPUT,
  proxyMode: z.enum(PROXY_MODES).optional().describe('as if the service proxy ran in this mode; left out: that of the cluster'),
});

const VERDICTS = {
  DNAT: 'the packet is sent to one of the endpoints',
  REJECT: 'the connection is refused at once',
  DROP: 'the packet is dropped: a timeout',
  ACCEPT: 'a port that kube-proxy opens on the host itself',
  NONE: 'no service has it: kube-proxy leaves the packet alone, or the service cannot be reached from there',
  DIRECT: 'headless: the client picks one of the endpoints itself',
  ALIAS: 'ExternalName: the service stands for another name',
  UNKNOWN: 'the service has endpoints that the input does not show: the API servers write those of default/kubernetes themselves',
} as const;

/** Where a packet to a service goes. */
export const resolveServiceQuestion = defineQuestion({
  name: 'resolve-service',
  room: 'services',
  title: 'Which endpoints does a packet to a service, node port or address reach, and which address do they see',
  input,
  result: serviceResultSchema,
  verdicts: VERDICTS,
  reasons: SERVICE_REASONS,
  examples: [
    { title: 'A service from a pod', cluster: 'harbor', input: { to: 'svc/shop/api', from: 'deploy/shop/web' } },
    {
      title: 'The load balancer from the internet',
      cluster: 'harbor',
      input: { to: 'svc/ingress-nginx/ingress-nginx-controller:http', from: 'internet' },
    },
    {
      title: 'A node port, from an address outside',
      cluster: 'harbor',
      input: { to: 'node/harbor-2', port: 30080, from: 'ip/198.51.100.7' },
    },
    { title: 'A headless service', cluster: 'harbor', input: { to: 'svc/data/postgres', from: 'deploy/shop/api' } },
    { title: 'A service that no pod stands behind', cluster: 'harbor', input: { to: 'svc/shop/recommendations', from: 'deploy/shop/web' } },
    {
      title: 'Any address and port',
      cluster: 'harbor',
      input: { to: 'ip/10.96.0.10', port: 53, protocol: 'UDP', from: 'deploy/shop/web' },
    },
  ],
  ask({ model, explains }, given) {
    const packet = packetIn(model, given);
    if (!packet.ok) return packet;
    const proxied = inProxyMode(model, given.proxyMode);
    const answer = resolveService(proxied, packet.value, explains);
    if (!answer.ok) return answer;
    const question = {
      ...packetAsked(packet.value, answer.value.result.destination.protocol),
      proxyMode: proxied.profile.proxy.mode,
    };
    return ok({ question, answer: answer.value });
  },
});
