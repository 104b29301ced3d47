import { listFile } from '../api.js';
import { askWire } from '../ask-wire.js';
import type { PackContext } from '../pack.js';
import { compareJson, type Outcome, type SetResult, SetTally } from '../set-result.js';
import type { WireTarget } from '../wire-target.js';
import type { Case, Group } from './services-dns-case.js';
import { NAMES, orderedResponseOf, responseOf } from './services-dns-names.js';

/** Set `dns` once more, each case as a packet. */
export async function runOnWire(context: PackContext, transport: 'udp' | 'tcp', groups: readonly Group[]): Promise<SetResult> {
  const set = `dns-${transport}`;
  const tally = new SetTally(set, context.known);
  for (const group of groups) await runGroup(context, transport, group, (one, run) => tally.run(one.id.replace(/^dns/, set), run));
  return tally.result();
}

type Tally = (one: Case, run: () => Outcome | Promise<Outcome>) => Promise<void>;

async function runGroup(context: PackContext, transport: 'udp' | 'tcp', group: Group, tally: Tally): Promise<void> {
  const { dns } = context;
  const profile = NAMES.profile(group.config);
  if (!dns || !profile) {
    for (const one of group.cases) await tally(one, () => 'unsupported');
    return;
  }
  const objects = [...NAMES.objects(context.directory, group), ...(group.applyAfterImport ?? [])];
  const askAll = async (): Promise<void> => {
    for (const one of group.cases) await tally(one, () => runCase(dns, transport, one));
  };
  await context.api.withCluster(profile, [listFile(objects)], askAll, dns.cluster);
}

/** The packets of the runner come from one address: what another client is told cannot be asked. */
async function runCase(dns: WireTarget, transport: 'udp' | 'tcp', one: Case): Promise<Outcome> {
  if (one.input['clientIP'] !== undefined) return 'unsupported';
  const { name, type } = one.input as { readonly name: string; readonly type: string };
  const answer = await askWire(dns, transport, name, type);
  // "AA is set in all answers" (README of the pack).
  const actual = { ...orderedResponseOf({ ...answer }), authoritative: answer.authoritative };
  return compareJson({ ...responseOf(expectedOf(one)), authoritative: true }, actual);
}

interface Upstream {
  readonly records: readonly { readonly name: string; readonly data: string }[];
}

/**
 * What the case expects of a server that never asks the outside: "an out-of-zone CNAME is returned bare" (reference `services-dns.md` section 8; section 2.2: "when
 * that gives nothing, the CNAME stands alone"). So what the case's stub upstream would have added, its TC bit included, is not there.
 */
function expectedOf({ input, expect }: Case): Readonly<Record<string, unknown>> {
  const upstream = input['upstream'] as Upstream | undefined;
  if (!upstream) return expect;
  const isFromOutside = (record: { readonly name: string; readonly data: string }) =>
    upstream.records.some(({ name, data }) => name === record.name && data === record.data);
  const answer = expect['answer'] as Upstream['records'];
  return { ...expect, truncated: false, answer: answer.filter((record) => !isFromOutside(record)) };
}
