import { firstFew } from '../../../kernel/first-few.js';
import { inMap } from '../../../kernel/in-map.js';
import { describeRef, type ObjectRef } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { CalicoIpam } from '../../../model/calico-objects.js';
import { formatCidr } from '../../../net/cidr.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import type { CalicoIPAMHandle } from '../../../resources/calico-ipam.js';
import type { IpamDraft } from '../../ipam-finding.js';
import { isWindowsHandle } from '../calico/windows-hosts.js';

const STEP = 500;
/** Blocks of a handle that are told. */
const MOST_TOLD = 3;

/** What blocks give to a handle. */
interface Named {
  /** As the first of them writes it. */
  readonly handle: string;
  readonly ref: ObjectRef;
  readonly ip: Ip;
  /** By the prefix of a block as text; what rests may be counted by the handle, or not any more. */
  readonly counts: Map<string, { held: number; resting: number }>;
}

/** IPAMHandles and what blocks say of them (projectcalico/calico `kube-controllers/pkg/controllers/node/ipam_handle_gc.go`, classifyHandle). Yields often. */
export function* handleChecks(ipam: CalicoIpam): Steps<readonly IpamDraft[]> {
  if (ipam.handles.length === 0) return [];
  const named = yield* namedHandles(ipam);
  const [idle, skewed]: [IpamDraft[], IpamDraft[]] = [[], []];
  const known = new Set<string>();
  for (const [index, handle] of ipam.handles.entries()) {
    if (index % STEP === 0) yield;
    const key = handle.handle.toLowerCase();
    known.add(key);
    const given = named.get(key);
    if (!given) idle.push(withoutAddress(handle));
    else skewed.push(...miscount(handle, given));
  }
  const missing = [...named]
    .filter(([key, { handle }]) => !isWindowsHandle(handle) && !known.has(key))
    .map(([, given]) => withoutObject(given));
  return [...idle, ...missing, ...skewed];
}

/** By handle in small letters: names of objects are, and a handle that is told by one may not be. */
function* namedHandles({ blocks, deletedBlocks }: CalicoIpam): Steps<ReadonlyMap<string, Named>> {
  const named = new Map<string, Named>();
  for (const [index, { claims, ref, cidr }] of [...blocks, ...deletedBlocks].entries()) {
    if (index % STEP === 0) yield;
    for (const { handle, ip, resting } of claims) {
      if (handle === null || !cidr) continue;
      const { counts } = inMap(named, handle.toLowerCase(), () => ({ handle, ref, ip, counts: new Map() }));
      const count = inMap(counts, formatCidr(cidr), () => ({ held: 0, resting: 0 }));
      if (resting) count.resting++;
      else count.held++;
    }
  }
  return named;
}

function withoutAddress({ handle, ref }: CalicoIPAMHandle): IpamDraft {
  return {
    code: 'HANDLE_WITHOUT_ADDRESS',
    object: ref,
    message: `no block has an address under handle \`${handle}\``,
    fix: `delete ${describeRef(ref)}`,
    addresses: [],
  };
}

function withoutObject({ handle, ref, ip }: Named): IpamDraft {
  return {
    code: 'HANDLE_MISSING',
    object: ref,
    pointer: '/spec/attributes',
    message: `${formatIp(ip)} is taken under handle \`${handle}\`, of which there is no IPAMHandle: a release by handle does not free it`,
    fix: 'release the address by itself: `calicoctl ipam release`',
    addresses: [formatIp(ip)],
  };
}

/** Counts that blocks do not bear out. */
function miscount({ handle, ref, counts }: CalicoIPAMHandle, given: Named): readonly IpamDraft[] {
  if (!counts) return [];
  const wrong = [...new Set([...counts.keys(), ...given.counts.keys()])].filter((block) => {
    const { held = 0, resting = 0 } = given.counts.get(block) ?? {};
    const told = counts.get(block) ?? 0;
    return told < held || told > held + resting;
  });
  if (wrong.length === 0) return [];
  const texts = wrong.map(
    (block) => `${counts.get(block) ?? 0} addresses of block ${block}, which gives it ${given.counts.get(block)?.held ?? 0}`,
  );
  return [
    {
      code: 'HANDLE_MISCOUNTS',
      object: ref,
      pointer: '/spec/block',
      message: `handle \`${handle}\` counts ${firstFew(texts, MOST_TOLD)}: a release by handle looks for its blocks there`,
      fix: 'release its addresses by themselves, `calicoctl ipam release`, or set the counts to what the blocks give',
      addresses: wrong.slice(0, MOST_TOLD),
    },
  ];
}
