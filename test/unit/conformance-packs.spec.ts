import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notRun, packDirectories } from '../conformance/pack.js';
import type { SetResult } from '../conformance/set-result.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'packs-'));
  for (const directory of ['ipam/own', 'ingress', 'notes']) mkdirSync(join(root, directory), { recursive: true });
  for (const pack of ['ipam', 'ingress']) writeFileSync(join(root, pack, 'index.json'), '{}');
});
afterAll(() => rmSync(root, { recursive: true }));

/** A run of nothing fails: it would look like one in which all is well. */
describe('the packs of a directory', () => {
  it('are itself, or those inside it by name', () => {
    expect(packDirectories(join(root, 'ipam'))).toEqual([join(root, 'ipam')]);
    expect(packDirectories(root)).toEqual([join(root, 'ingress'), join(root, 'ipam')]);
  });

  it('must be at least one', () => {
    const [notes, inside] = [join(root, 'notes'), join(root, 'ipam', 'own')];
    const expected = 'expected an `index.json` in it or in a directory inside it';
    expect(() => packDirectories(notes)).toThrow(new Error(`no pack in \`${notes}\`: ${expected}`));
    const hint = `it is inside the pack \`${join(root, 'ipam')}\`, of which \`--only SET\` runs a part`;
    expect(() => packDirectories(inside)).toThrow(new Error(`no pack in \`${inside}\`: ${expected}; ${hint}`));
  });
});

describe('the sets of a run', () => {
  const ran: SetResult = { set: 'flows', total: 1, passed: 1, unsupported: 0, knownDifferences: 0, failed: [], inProcess: false };
  const offered = new Set(['dns-udp', 'flows']);

  it.each<[asked: string[], results: SetResult[], expected: string[]]>([
    [[], [ran], []],
    [['flows'], [ran], []],
    [[], [], ['no set ran']],
    [['flows', 'dns-udp'], [ran], ['set `dns-udp` did not run']],
    [['flow'], [], ['no set `flow`; there are `dns-udp`, `flows`']],
  ])('%j of %j leaves out %j', (asked, results, expected) => {
    expect(notRun(new Set(asked), offered, results)).toEqual(expected);
  });
});
