import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryIdempotencyStore } from '../../../test/support/memory-idempotency-store.js';
import { problem, ProblemError, type ProblemKind } from '../../core/kernel/problem.js';
import { err, ok } from '../../core/kernel/result.js';
import { Idempotency } from './idempotency.js';
import { FingerprintedFiles, fingerprintOf } from './request-fingerprint.js';
import { SealedAnswers } from './sealed-answers.js';

const KEY = { owner: 'team', key: 'k' };
const ASKED = fingerprintOf({ a: 1 });

let store: MemoryIdempotencyStore;
let idempotency: Idempotency;
let runs: number;
beforeEach(() => {
  store = new MemoryIdempotencyStore();
  idempotency = new Idempotency(store, new SealedAnswers(Buffer.alloc(32, 1)));
  runs = 0;
});
const work = async () => Promise.resolve(ok({ run: ++runs }));
const failing = (kind: ProblemKind) => async () => {
  runs++;
  return Promise.resolve(err(problem(kind, 'no')));
};

/** draft-ietf-httpapi-idempotency-key-header-06, sections 2.6 and 2.7. */
describe('a request with a key', () => {
  it('is carried out once; a retry gets the answer of the first', async () => {
    expect(await idempotency.run(KEY, ASKED, work)).toEqual({ ok: true, value: { run: 1 }, replayed: false });
    expect(await idempotency.run(KEY, ASKED, work)).toEqual({ ok: true, value: { run: 1 }, replayed: true });
  });

  it('is refused while the first is carried out', async () => {
    const inner = async () => {
      const second = await idempotency.run(KEY, ASKED, work);
      expect(second).toMatchObject({ ok: false, error: { kind: 'idempotency-key-in-use' } });
      return ok('done');
    };
    expect(await idempotency.run(KEY, ASKED, inner)).toMatchObject({ ok: true });
  });

  it('is refused when it asks something else', async () => {
    await idempotency.run(KEY, ASKED, work);
    expect(await idempotency.run(KEY, fingerprintOf({ a: 2 }), work)).toMatchObject({
      ok: false,
      error: { kind: 'idempotency-key-reused' },
    });
    expect(runs).toBe(1);
  });

  it.each([
    ['cluster-exists', 1],
    ['precondition-failed', 1],
    ['database-unavailable', 2],
    ['internal-error', 2],
    ['payload-too-large', 2],
  ] as const)('that failed with %s is carried out %i times when it is sent twice', async (kind, times) => {
    for (let sent = 0; sent < 2; sent++)
      expect(await idempotency.run(KEY, ASKED, failing(kind))).toMatchObject({ ok: false, error: { kind } });
    expect(runs).toBe(times);
  });

  it('whose answer a server with another key of the installation has kept is told so, and is not carried out again', async () => {
    await idempotency.run(KEY, ASKED, work);
    const other = new Idempotency(store, new SealedAnswers(Buffer.alloc(32, 2)));
    const refused = await other.run(KEY, ASKED, work);
    expect(refused).toMatchObject({ ok: false, replayed: false, error: { kind: 'internal-error' } });
    expect(refused.ok ? '' : refused.error.hint).toContain('PORTOLAN_SECRET_KEY');
    expect([(await idempotency.run(KEY, ASKED, work)).replayed, runs]).toEqual([true, 1]);
  });

  it('that was cut off may be sent again', async () => {
    const cut = async () => Promise.reject(new ProblemError(problem('invalid-request', 'the body ended early')));
    await expect(idempotency.run(KEY, ASKED, cut)).rejects.toThrow('ended early');
    expect(await idempotency.run(KEY, ASKED, work)).toMatchObject({ ok: true, replayed: false });
  });

  it('without a key is carried out every time', async () => {
    await idempotency.run(undefined, ASKED, work);
    await idempotency.run(undefined, ASKED, work);
    expect([runs, store.known.size]).toEqual([2, 0]);
  });
});

describe('the fingerprint of a request', () => {
  async function* bytes(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  type Upload = readonly (readonly [name: string, chunks: readonly string[]])[];
  async function* files(all: Upload) {
    for (const [name, chunks] of all) yield await Promise.resolve({ name, content: bytes(...chunks) });
  }
  const digest = async (...all: Upload) => new FingerprintedFiles({ q: 1 }, files(all)).digest();

  it('does not depend on the order of members', async () => {
    expect(await fingerprintOf({ a: 1, b: [{ c: 2, d: 3 }] }).digest()).toBe(await fingerprintOf({ b: [{ d: 3, c: 2 }], a: 1 }).digest());
    expect(await fingerprintOf({ a: [1, 2] }).digest()).not.toBe(await fingerprintOf({ a: [2, 1] }).digest());
  });

  it('of an upload depends on names and contents, not on how the bytes arrived', async () => {
    const whole = await digest(['a.yaml', ['kind: A']]);
    expect(await digest(['a.yaml', ['kind', ': A']])).toBe(whole);
    for (const other of [
      digest(['b.yaml', ['kind: A']]),
      digest(['a.yaml', ['kind: B']]),
      digest(['a.yaml', ['kind']], ['a.yaml', [': A']]),
    ])
      expect(await other).not.toBe(whole);
  });

  it('of an upload is the same whether somebody read it, a part of it, or nothing', async () => {
    const upload: Upload = [
      ['a', ['1', '2']],
      ['b', ['3']],
    ];
    const some = new FingerprintedFiles({ q: 1 }, files(upload));
    for await (const { content } of some.files()) {
      await content[Symbol.asyncIterator]().next();
      break;
    }
    expect(await some.digest()).toBe(await digest(...upload));
  });
});

describe('a kept answer', () => {
  it('cannot be opened without the key of the request, nor by another installation', () => {
    const answers = new SealedAnswers(Buffer.alloc(32, 1));
    const sealed = answers.seal('k', '{"token":"ptl_secret"}');
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('ptl_secret');
    expect(answers.open('k', sealed)).toBe('{"token":"ptl_secret"}');
    expect(answers.open('l', sealed)).toBeUndefined();
    expect(new SealedAnswers(Buffer.alloc(32, 2)).open('k', sealed)).toBeUndefined();
  });
});
