import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { simulateWeaveRing, type WeavePeer, type WeaveRingOperation, type WeaveToken } from './simulate-weave-ring.js';

type Step = Partial<WeaveRingOperation> & { readonly op: WeaveRingOperation['op'] };

const RANGE = '10.0.0.0/24';
/** A token in the words of the tests: where it stands, whose it is, what is free, which version. */
const token = (last: number, peer: string, free = 0, version = 0): WeaveToken => ({ token: `10.0.0.${last}`, peer, version, free });
const peer = (name: string, tokens: readonly WeaveToken[] = [], more: Partial<WeavePeer> = {}): WeavePeer => ({
  name,
  tokens,
  seeds: [],
  inUse: [],
  ...more,
});

function run(peers: readonly WeavePeer[], ...operations: readonly Step[]) {
  const whole = operations.map((operation) => ({ peer: 'a', repeat: 1, ...operation }) as WeaveRingOperation);
  const steps = finished(simulateWeaveRing({ range: RANGE, peers }, whole));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

const claimItAll = (name = 'a'): Step => ({ op: 'claimForPeers', peer: name, peers: [name] });
const grant = (name: string, first: number, last: number, to: string): Step => ({
  op: 'grant',
  peer: name,
  range: `10.0.0.${first}-10.0.0.${last}`,
  to,
});
const merge = (name: string, from: string): Step => ({ op: 'merge', peer: name, from });
const ring = (name: string): Step => ({ op: 'ring', peer: name });
/** As the ring tells its tokens. */
const told = (...tokens: readonly WeaveToken[]) => tokens.map(({ free, ...one }) => ({ ...one, free: String(free) }));
const last = (ran: ReturnType<typeof run>) => ran.at(-1)?.results;
const codes = (ran: ReturnType<typeof run>) => ran.map(({ error }) => error?.code ?? null);

/** weaveworks/weave `ipam/ring/ring_test.go`, of which the titles are; its ranges end before `end`, 10.0.1.0, those here with their last address. */
describe('the ring of one peer', () => {
  it('TestInvariants', () => {
    const broken = (tokens: readonly WeaveToken[]) => run([peer('a', tokens)], { op: 'owned' })[0]?.error?.code;
    expect(broken([token(245, 'a'), token(10, 'b')])).toBe('NOT_SORTED');
    expect(broken([token(245, 'a'), token(245, 'b')])).toBe('TOKEN_REPEATED');
    const narrow = { range: '10.0.0.10-10.0.0.244' };
    const outside = (at: number) => run([peer('a', [token(at, 'a')], narrow)], { op: 'owned' })[0]?.error?.code;
    expect([outside(0), outside(255)]).toEqual(['TOKEN_OUT_OF_RANGE', 'TOKEN_OUT_OF_RANGE']);
    expect(broken([token(0, 'a', 129), token(128, 'a', 128)])).toBe('TOO_MUCH_FREE');
    expect(broken([token(0, 'a', 128), token(128, 'a', 128)])).toBeUndefined();
  });

  it('TestGrantSimple', () => {
    expect(last(run([], claimItAll(), ring('a')))).toEqual(told(token(0, 'a', 256)));
    expect(last(run([], claimItAll(), grant('a', 0, 255, 'b'), ring('a')))).toEqual(told(token(0, 'b', 256, 1)));
    const second = [token(0, 'b', 256, 1)];
    expect(last(run([peer('b', second)], grant('b', 10, 255, 'a'), ring('b')))).toEqual(told(token(0, 'b', 10, 2), token(10, 'a', 246)));
    const third = [token(0, 'b', 10, 2), token(10, 'a', 246)];
    const back = told(token(0, 'b', 10, 2), token(10, 'a', 235, 1), token(245, 'b', 11));
    expect(last(run([peer('a', third)], grant('a', 245, 255, 'b'), ring('a')))).toEqual(back);
    const live = [token(0, 'a', 10, 2), token(10, 'a', 235), token(245, 'a', 10)];
    const spanning = told(token(0, 'a', 10, 2), token(10, 'b', 235, 1), token(245, 'b', 10, 1));
    expect(last(run([peer('a', live)], grant('a', 10, 255, 'b'), ring('a')))).toEqual(spanning);
  });

  it('TestGrantSplit', () => {
    const split = run([peer('a', [token(0, 'a', 256)])], grant('a', 10, 244, 'b'), ring('a'));
    expect(last(split)).toEqual(told(token(0, 'a', 10, 1), token(10, 'b', 235), token(245, 'a', 11)));
    const live = [token(0, 'a', 10, 2), token(10, 'a', 118), token(128, 'a', 127)];
    expect(last(run([peer('a', live)], grant('a', 10, 244, 'b'), ring('a')))).toEqual(
      told(token(0, 'a', 10, 2), token(10, 'b', 118, 1), token(128, 'b', 117, 1), token(245, 'a', 11)),
    );
  });

  // "[start, end) must be owned by the calling peer".
  it('gives nothing that is another’s, or outside the ring', () => {
    const halves = [peer('a', [token(0, 'a', 128), token(128, 'b', 128)])];
    const outside: Step = { op: 'grant', peer: 'a', range: '10.0.0.0-10.0.1.0', to: 'b' };
    expect(codes(run(halves, grant('a', 100, 200, 'c'), grant('a', 128, 130, 'c'), grant('empty', 0, 1, 'c'), outside))).toEqual([
      'NOT_OWNED',
      'NOT_OWNED',
      'NOT_OWNED',
      'NOT_OWNED',
    ]);
  });

  it('TestOwnedRange', () => {
    const owned = (tokens: readonly WeaveToken[]) => last(run([peer('b', tokens)], { op: 'owned', peer: 'b' }));
    expect(last(run([], claimItAll(), grant('a', 128, 255, 'b'), { op: 'owned' }))).toEqual(['10.0.0.0-10.0.0.127']);
    expect(last(run([], claimItAll(), grant('a', 128, 255, 'b'), merge('b', 'a'), { op: 'owned', peer: 'b' }))).toEqual([
      '10.0.0.128-10.0.0.255',
    ]);
    expect(owned([token(128, 'b')])).toEqual(['10.0.0.0-10.0.0.127', '10.0.0.128-10.0.0.255']);
    expect(owned([token(10, 'b'), token(128, 'b')])).toEqual(['10.0.0.0-10.0.0.9', '10.0.0.10-10.0.0.127', '10.0.0.128-10.0.0.255']);
  });

  it('TestTransfer, and the version that lets it win', () => {
    const back: Step[] = [claimItAll(), grant('a', 128, 255, 'b'), { op: 'transfer', from: 'b', to: 'a' }];
    expect(last(run([], ...back, { op: 'owned' }))).toEqual(['10.0.0.0-10.0.0.127', '10.0.0.128-10.0.0.255']);
    expect(last(run([], ...back, grant('a', 10, 127, 'b'), { op: 'owned' }))).toEqual(['10.0.0.0-10.0.0.9', '10.0.0.128-10.0.0.255']);
    expect(last(run([], ...back, ring('a')))).toEqual(told(token(0, 'a', 128, 1), token(128, 'a', 128, 100)));
  });

  it('TestOwner', () => {
    const owners = ['10.0.0.0', '10.0.0.128'].map((ip): Step => ({ op: 'owner', ip }));
    const ran = run([], ...owners, claimItAll(), grant('a', 128, 255, 'b'), ...owners);
    expect(codes(ran).slice(0, 2)).toEqual(['NO_OWNER', 'NO_OWNER']);
    expect(ran.slice(-2).flatMap(({ results }) => results)).toEqual(['a', 'b']);
    const outside = finished(simulateWeaveRing({ range: RANGE, peers: [] }, [{ op: 'owner', peer: 'a', repeat: 1, ip: '10.0.1.0' }]));
    expect(outside).toMatchObject({ ok: false, error: { errors: [{ pointer: '/operations/0/ip' }] } });
    // Before the first token all is the last one's.
    expect(last(run([peer('a', [token(128, 'b')])], { op: 'owner', ip: '10.0.0.5' }))).toEqual(['b']);
  });

  it('TestFindFree', () => {
    const asked = (tokens: readonly WeaveToken[], within?: string) =>
      last(run([peer('a', tokens)], { op: 'peersToAsk', within }))?.map((one) => (one as { peer: string }).peer);
    expect([asked([]), asked([token(0, 'a')]), asked([token(0, 'a', 1), token(128, 'a', 1)])]).toEqual([[], [], []]);
    expect(asked([token(0, 'b', 1)])).toEqual(['b']);
    const two = [token(0, 'b', 1), token(128, 'c', 1)];
    expect([asked(two, '10.0.0.0/25'), asked(two, '10.0.0.128/25'), asked(two)]).toEqual([['b'], ['c'], ['b', 'c']]);
    expect(asked([token(0, 'b', 0), token(128, 'c', 1)])).toEqual(['c']);
  });

  it('TestReportFree, around the end too', () => {
    const halves = [peer('a', [token(0, 'a', 128, 1), token(128, 'b', 128)])];
    const report = (name: string, ...free: readonly (readonly [number, number])[]): Step => ({
      op: 'reportFree',
      peer: name,
      free: free.map(([at, count]) => ({ token: `10.0.0.${at}`, free: count })),
    });
    expect(last(run(halves, merge('b', 'a'), report('b', [128, 0]), ring('b')))).toEqual(
      told(token(0, 'a', 128, 1), token(128, 'b', 0, 1)),
    );
    expect(codes(run(halves, report('a', [128, 1]), report('a', [0, 129]), report('a', [7, 1])))).toEqual([
      'NOT_OWNED',
      'NOT_OWNED',
      'NOT_OWNED',
    ]);
    // "As OwnedRanges splits around the origin": what lies before the first token counts for the last.
    const around = [peer('a', [token(128, 'a', 256)])];
    expect(last(run(around, report('a', [128, 100], [0, 20]), ring('a')))).toEqual(told(token(128, 'a', 120, 1)));
  });

  it('TestClaimForPeers: with more peers than addresses some get none', () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    for (const count of [1, 2, 5, 8, 9, 12]) {
      const peers = [peer('a', [], { range: '10.0.0.0/29' })];
      const ran = run(peers, { op: 'claimForPeers', peers: names.slice(0, count) }, ring('a'), { op: 'owned', of: 'p0' });
      const free = ran[1]?.results.map((one) => Number((one as { free: string }).free)) ?? [];
      expect(free.reduce((sum, one) => sum + one, 0)).toBe(8);
      expect(free).toHaveLength(Math.min(count, 8));
      expect(codes(ran)).toEqual([null, null, null]);
    }
    expect(codes(run([], claimItAll(), claimItAll()))).toEqual([null, 'NOT_EMPTY']);
    // ring.go, subdivide: of an odd share the one in the middle is nobody's to give, and counts for no free space.
    const odd = [peer('a', [], { range: '10.0.0.0-10.0.0.6' })];
    expect(last(run(odd, { op: 'claimForPeers', peers: ['a', 'b'] }, ring('a')))).toEqual(told(token(0, 'a', 3), token(4, 'b', 3)));
  });
});

describe('what a peer hears of another', () => {
  it('TestMergeSimple, TestGossip, TestEmptyGossip', () => {
    const halves: Step[] = [claimItAll(), grant('a', 128, 255, 'b'), merge('b', 'a')];
    expect(last(run([], ...halves, ring('b')))).toEqual(told(token(0, 'a', 128, 1), token(128, 'b', 128)));
    const crossed: Step[] = [...halves, grant('a', 0, 127, 'b'), grant('b', 128, 255, 'a'), merge('b', 'a'), merge('a', 'b')];
    const both = told(token(0, 'b', 128, 2), token(128, 'a', 128, 1));
    expect([last(run([], ...crossed, ring('a'))), last(run([], ...crossed, ring('b')))]).toEqual([both, both]);
    expect(codes(run([], claimItAll(), merge('a', 'b')))).toEqual([null, null]);
  });

  it('TestMergeErrors, with the words that Weave has', () => {
    const used = { inUse: ['10.0.0.0/24'] };
    const refusal = (mine: WeavePeer, theirs: WeavePeer) => run([mine, theirs], merge('a', 'b'))[0]?.error;
    expect(refusal(peer('a'), peer('b', [token(128, 'b'), token(0, 'b')]))).toMatchObject({ code: 'NOT_SORTED' });
    expect(refusal(peer('a'), peer('b', [], { range: '10.0.0.0/25' }))).toEqual({
      code: 'DIFFERENT_RANGE',
      message: 'Received range differs from ours',
    });
    expect(refusal(peer('a', [token(0, 'a')], used), peer('b', [token(0, 'b', 0, 1)]))).toEqual({
      code: 'NEWER_VERSION',
      message: 'Received update for IP range I own at 10.0.0.0 v0: incoming message says owner b v1',
    });
    expect(refusal(peer('a', [token(0, 'a')], used), peer('b', [token(0, 'b')]))).toEqual({
      code: 'INCONSISTENT_ENTRY',
      message: 'Inconsistent entries for 10.0.0.0: owned by a but incoming message says b',
    });
    expect(refusal(peer('a', [token(0, 'a')]), peer('b', [token(128, 'b')]))).toEqual({
      code: 'ENTRY_IN_MY_RANGE',
      message: 'Peer b says it owns the IP range from 10.0.0.128, which I think I own',
    });
    expect(refusal(peer('a', [], { seeds: ['a', 'b'] }), peer('b', [], { seeds: ['b', 'a'] }))).toMatchObject({ code: 'DIFFERENT_SEEDS' });
    expect(refusal(peer('a', [], { seeds: ['a'] }), peer('b'))).toBeNull();
  });

  // Merge, "accept the received entry if either it belongs to a different peer and we do not have allocations …".
  it('gives way about what nobody uses, and imposes its own entry where another speaks for it', () => {
    const own = peer('a', [token(0, 'a', 128), token(128, 'a', 128)], { inUse: ['10.0.0.200'] });
    const after = (theirs: readonly WeaveToken[]) => run([own, peer('b', theirs)], merge('a', 'b'), ring('a'));
    expect(last(after([token(0, 'b', 128, 1)]))).toEqual(told(token(0, 'b', 128, 1), token(128, 'a', 128)));
    expect(codes(after([token(128, 'b', 128, 1)]))).toEqual(['NEWER_VERSION', null]);
    expect(last(after([token(128, 'a', 7, 5)]))).toEqual(told(token(0, 'a', 128), token(128, 'a', 128, 6)));
    // A token in the middle of its own: of which something is in use behind it, or not; what is free is what is left then.
    expect(last(after([token(64, 'b', 64)]))).toEqual(told(token(0, 'a', 64), token(64, 'b', 64), token(128, 'a', 128)));
    const used = peer('a', [token(0, 'a', 128), token(128, 'a', 128)], { inUse: ['10.0.0.100'] });
    expect(codes(run([used, peer('b', [token(64, 'b', 64)])], merge('a', 'b')))).toEqual(['ENTRY_IN_MY_RANGE']);
  });

  // "tie-break here, pick the entry with the highest free count".
  it.each([
    [5, 4, 'a'],
    [4, 5, 'b'],
    [5, 5, 'a'],
  ])('of two entries of one version takes that with more free space: %i or %i, %s', (mine, theirs, winner) => {
    const ran = run([peer('c', [token(0, 'a', mine)]), peer('b', [token(0, 'b', theirs)])], merge('c', 'b'), ring('c'));
    expect(last(ran)).toMatchObject([{ peer: winner }]);
    expect(ran[0]?.results).toEqual([{ updated: winner === 'b' }]);
  });

  it('TestMergeMore', () => {
    const all: Step[] = [claimItAll(), merge('b', 'a'), grant('a', 0, 255, 'b'), merge('b', 'a')];
    expect(last(run([], ...all, ring('b')))).toEqual(told(token(0, 'b', 256, 1)));
    const carved: Step[] = [...all, grant('b', 128, 255, 'a'), merge('a', 'b')];
    const both = told(token(0, 'b', 128, 2), token(128, 'a', 128));
    expect(last(run([], ...carved, ring('a')))).toEqual(both);
    const again = run([], ...carved, merge('b', 'a'), ring('b'));
    expect([again.at(-2)?.results, last(again)]).toEqual([[{ updated: false }], both]);
  });

  it('TestMergeSplit, TestMergeSplit2', () => {
    const split: Step[] = [merge('b', 'a'), grant('b', 10, 244, 'a'), merge('a', 'b'), ring('a')];
    expect(last(run([peer('a', [token(0, 'b', 256)])], ...split))).toEqual(
      told(token(0, 'b', 10, 1), token(10, 'a', 235), token(245, 'b', 11)),
    );
    expect(last(run([peer('a', [token(0, 'b', 250), token(250, 'b', 5)])], ...split))).toEqual(
      told(token(0, 'b', 10, 1), token(10, 'a', 235), token(245, 'b', 5), token(250, 'b', 5)),
    );
  });

  it('TestMergeOldMessage, TestSplitRangeAtBeginning', () => {
    expect(codes(run([], claimItAll(), merge('b', 'a'), grant('a', 128, 255, 'a'), merge('a', 'b')))).toEqual([null, null, null, null]);
    expect(codes(run([], claimItAll(), merge('b', 'a'), grant('a', 0, 127, 'b'), merge('b', 'a')))).toEqual([null, null, null, null]);
  });

  it('leaves the ring as it was where it refuses', () => {
    const own = peer('a', [token(0, 'a', 128), token(128, 'a', 128)], { inUse: ['10.0.0.200'] });
    const ran = run([own, peer('b', [token(0, 'c', 128, 9), token(128, 'b', 128, 9)])], merge('a', 'b'), ring('a'));
    expect([codes(ran)[0], last(ran)]).toEqual(['NEWER_VERSION', told(token(0, 'a', 128), token(128, 'a', 128))]);
  });

  it('names what cannot be read', () => {
    const pointer = (world: object, operation: object) => {
      const steps = finished(
        simulateWeaveRing({ range: RANGE, peers: [], ...world }, [{ peer: 'a', repeat: 1, op: 'ring', ...operation }]),
      );
      return steps.ok ? undefined : steps.error.errors?.[0]?.pointer;
    };
    expect(pointer({ range: 'fd00::/64' }, {})).toBe('/world/range');
    expect(pointer({ peers: [peer('a'), peer('a')] }, {})).toBe('/world/peers/1/name');
    expect(pointer({ peers: [peer('a', [{ ...token(0, 'a'), token: 'x' }])] }, {})).toBe('/world/peers/0/tokens/0/token');
    expect(pointer({}, { op: 'grant', range: 'x', to: 'b' })).toBe('/operations/0/range');
    expect(pointer({}, { op: 'use', inUse: ['10.0.0.1', 'x'] })).toBe('/operations/0/inUse/1');
  });
});
