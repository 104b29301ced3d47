import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { IP_OWNER_VERDICTS, ownIp } from '../../core/ipam/own-ip.js';
import { err, ok } from '../../core/kernel/result.js';
import { formatIp, parseIp } from '../../core/net/ip.js';
import { defineQuestion } from '../questions/question.js';
import { ALLOCATION_SEQUENCE } from './ipam-input.js';
import { ipOwnerResultSchema } from './ipam-result-schema.js';
import { notAnAddress } from './not-an-address.js';

const input = z.strictObject({
  ip: z.string().min(1).max(64).describe('an IPv4 or IPv6 address'),
  allocationSequence: ALLOCATION_SEQUENCE,
});

/** Who has an address. */
export const ipOwnerQuestion = defineQuestion({
  name: 'ip-owner',
  room: 'ipam',
  title: 'Who has an address, and which pools, node ranges and bands is it in',
  input,
  result: ipOwnerResultSchema,
  verdicts: IP_OWNER_VERDICTS,
  reasons: IPAM_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  examples: [
    { title: 'A ClusterIP', cluster: 'harbor', input: { ip: '10.96.0.10' } },
    { title: 'A free address of the service range', cluster: 'harbor', input: { ip: '10.96.7.7' } },
    { title: 'An address of no pool', cluster: 'harbor', input: { ip: '198.51.100.7' } },
  ],
  ask({ model, allocations }, { ip: text }) {
    const ip = parseIp(text);
    if (!ip) return err(notAnAddress(text, '/ip'));
    return ok({ question: { ip: formatIp(ip), allocationSequence: allocations.sequence }, answer: ownIp(model, allocations, ip) });
  },
});
