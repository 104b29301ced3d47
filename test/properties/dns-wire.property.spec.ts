import { type Arbitrary, array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { encode } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { resolveNameQuestion } from '../../src/application/dns/resolve-name.js';
import { QUERY_TYPES } from '../../src/application/dns/name-result-schema.js';
import { resolveRecord } from '../../src/core/dns/resolve-record.js';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { reverseName } from '../../src/core/net/ip.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { arbitraryCluster } from '../support/arbitrary-cluster.js';
import { readAnswer, type WireAnswer } from '../support/dns-client.js';
import { deskOf } from '../support/dns-desk.js';
import { corefileMap } from '../support/dns-answers.js';
import { modelOf } from '../support/model.js';

const REVISION = 7;
const COREFILE = `. {
  rewrite name suffix .alias.test .t.svc.cluster.local answer auto
  kubernetes cluster.local in-addr.arpa {
    pods insecure
    fallthrough in-addr.arpa
  }
  k8s_external example.org
  forward . /etc/resolv.conf
}`;
const SETTINGS = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };

/** Labels that lead somewhere, and some that do not. */
const LABELS = [
  'a',
  'b',
  'c',
  'web',
  'db',
  't',
  'svc',
  'pod',
  'dns-version',
  '_http',
  '_tcp',
  'ns',
  'dns',
  'x',
  '10-244-1-5',
  '10',
  '96',
  '0',
  '1',
  '244',
];
const ENDS = [
  'cluster.local',
  't.svc.cluster.local',
  'svc.cluster.local',
  'in-addr.arpa',
  '10.in-addr.arpa',
  'example.org',
  'alias.test',
  'example.com',
];

/** How a name is made: of labels and an end, or one that is known; which letters are capitals. */
interface NamePlan {
  readonly labels: readonly string[];
  readonly end: string;
  readonly known: boolean;
  readonly number: number;
}

const arbitraryPlan: Arbitrary<NamePlan> = record({
  labels: array(constantFrom(...LABELS), { maxLength: 4 }),
  end: constantFrom(...ENDS),
  known: boolean(),
  number: integer({ min: 0, max: 2 ** 30 }),
});

function nameOf({ labels, end, known, number }: NamePlan, names: readonly string[]): string {
  const name = (known ? names[number % names.length] : undefined) ?? [...labels, end].join('.');
  return Array.from(name, (letter, at) => ((number >> (at % 30)) & 1 ? letter.toUpperCase() : letter)).join('');
}

/** Names that exist: of services, of their ports, and of what is reversed. */
function namesOf(model: NetworkModel): readonly string[] {
  return [...model.services.values()].flatMap(({ name, namespace, resource }) => {
    const own = `${name}.${namespace}.svc.cluster.local`;
    return [own, `_http._tcp.${own}`, `${name}.${namespace}.example.org`, `${name}.alias.test`, ...resource.clusterIPs.map(reverseName)];
  });
}

/** What `resolve-name` says without a pod that asks. What is not known comes as the bare CNAME, or as REFUSED: nobody else is asked. */
function overHttp(model: NetworkModel, name: string, type: (typeof QUERY_TYPES)[number]): Omit<WireAnswer, 'authoritative'> {
  const input = resolveNameQuestion.input.parse({ name: `${name}.`, type });
  const context = { cluster: 'c', revision: REVISION, model, allocations: AllocationBook.after(0, []) };
  const asked = resolveNameQuestion.ask(context, input);
  if (!asked.ok) throw new Error(`${name} is refused`);
  const { rcode, truncated, answer, authority, additional } = asked.value.answer.result;
  return { rcode: rcode ?? (answer.length > 0 ? 'NOERROR' : 'REFUSED'), truncated, answer, authority, additional };
}

describe('INV-DNS-7 the wire says what HTTP says', () => {
  it('for random names in mixed case and every type, over both transports', async () => {
    const codes = new Map<string, number>();
    await assert(
      asyncProperty(
        arbitraryCluster,
        array(arbitraryPlan, { minLength: 20, maxLength: 20 }),
        constantFrom(...QUERY_TYPES),
        async (objects, plans, type) => {
          const model = modelOf([...objects, corefileMap(COREFILE)], SETTINGS);
          const known = namesOf(model);
          const { desk } = deskOf((question) => resolveRecord({ model, serial: REVISION }, question));
          for (const plan of plans) {
            const name = nameOf(plan, known);
            const packet = encode({ type: 'query', id: 1, questions: [{ name, type }] });
            const over = async (transport: 'tcp' | 'udp') => readAnswer((await desk.answer(packet, { address: '127.0.0.1', transport }))!);
            const { authoritative, ...wire } = await over('tcp');
            expect(wire).toEqual(overHttp(model, name, type));
            const { authoritative: _, ...datagram } = await over('udp');
            if (!datagram.truncated) expect(datagram).toEqual(wire);
            expect(authoritative).toBe(wire.rcode === 'NOERROR' || wire.rcode === 'NXDOMAIN');
            const outcome = wire.answer.length > 0 ? 'records' : wire.rcode;
            codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
          }
        },
      ),
      { numRuns: 300 },
    );
    for (const outcome of ['records', 'NOERROR', 'NXDOMAIN', 'REFUSED']) expect(codes.get(outcome), outcome).toBeGreaterThan(50);
  }, 120_000);
});
