import { array, assert, asyncProperty, constantFrom, integer, json, jsonValue, property, tuple, type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../core/kernel/json.js';
import { fileOf, readAll, readText } from '../../test/support/manifests.js';
import type { JsonSlice } from './json-slice.js';
import { DEFAULT_MANIFEST_LIMITS } from './manifest-limits.js';
import { JsonSlicer } from './slice-json.js';

function restOf(slicer: JsonSlicer): string {
  return slicer.rest?.bytes.toString() ?? '';
}

function slice(text: string, chunkSize: number): { readonly slices: readonly JsonSlice[]; readonly rest: string } {
  const slicer = new JsonSlicer('test', DEFAULT_MANIFEST_LIMITS);
  const bytes = Buffer.from(text);
  const slices: JsonSlice[] = [];
  let rest = '';
  for (let at = 0; at < bytes.length; at += chunkSize) {
    if (slicer.rest) rest += bytes.toString('utf8', at, at + chunkSize);
    else {
      // Copied, so that a slice which leaned on a chunk's memory would show.
      slices.push(...slicer.push(Buffer.from(bytes.subarray(at, at + chunkSize))));
      rest = restOf(slicer);
    }
  }
  if (rest === '') slices.push(...slicer.end());
  return { slices, rest: rest === '' ? restOf(slicer) : rest };
}

/** What the slices say, put together again: the value of each document. */
function reassemble(slices: readonly JsonSlice[]): unknown[] {
  const values: unknown[] = [];
  let elements: unknown[] = [];
  for (const { type, bytes } of slices) {
    if (type === 'head') elements = [];
    else if (type === 'element') elements.push(JSON.parse(bytes.toString()));
    else if (type === 'value') values.push(JSON.parse(bytes.toString()));
    else {
      const frame: unknown = JSON.parse(bytes.toString());
      const holes = isJsonObject(frame) ? frame['items'] : frame;
      expect(holes).toEqual(elements.map(() => 0));
      values.push(isJsonObject(frame) ? { ...frame, items: elements } : elements);
    }
  }
  return values;
}

const layouts = constantFrom(undefined, 1, '\t', 4);
const chunkSizes = integer({ min: 1, max: 40 });
/** Objects that look like lists, or nearly: `items` in other places, as a text, escaped. */
const lists: Arbitrary<unknown> = tuple(
  array(jsonValue(), { maxLength: 6 }),
  jsonValue(),
  constantFrom('kind', 'item', 'itemss', 'a"items"', '\\items', 'x'),
).map(([items, other, key]) => ({ [key]: other, metadata: { items: [1, 'items'] }, note: 'items', items, last: ['items'] }));

describe('slicing JSON by bytes', () => {
  it('equals JSON.parse for any value, layout and chunk boundaries', () => {
    assert(
      property(array(tuple(lists, array(jsonValue())), { minLength: 1, maxLength: 3 }), layouts, chunkSizes, (pairs, layout, size) => {
        const values = pairs.flat();
        const text = values.map((value) => JSON.stringify(value, null, layout)).join('\n');
        const { slices, rest } = slice(text, size);
        expect(rest).toBe('');
        expect(reassemble(slices)).toEqual(JSON.parse(`[${values.map((value) => JSON.stringify(value)).join(',')}]`));
      }),
      { numRuns: 300 },
    );
  });

  it('tells the line of every element', () => {
    assert(
      property(lists, layouts, chunkSizes, (value, layout, size) => {
        const text = JSON.stringify(value, null, layout);
        const lines = text.split('\n');
        for (const { type, bytes, line } of slice(text, size).slices) {
          const [first = ''] = bytes.toString().split('\n');
          if (type === 'element') expect(lines[line - 1]).toContain(first);
        }
      }),
    );
  });

  it('holds no more than the frame and one element, whatever the number of elements', () => {
    const slicer = new JsonSlicer('test', { ...DEFAULT_MANIFEST_LIMITS, maxDocumentBytes: 1_000 });
    let elements = 0;
    slicer.push(Buffer.from('{"items":['));
    for (let index = 0; index < 10_000; index++)
      elements += slicer.push(Buffer.from(`${index === 0 ? '' : ','}{"n":${index},"x":"${'y'.repeat(500)}"}`)).length;
    expect(elements).toBe(9_999);
  });

  it('never throws and never loops on text that is no JSON', () => {
    const noise = array(constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '\n', '-', ' ', 'items', '"items"', '1', 'é', '---\n'), {
      maxLength: 40,
    }).map((parts) => parts.join(''));
    assert(
      property(noise, chunkSizes, (text, size) => {
        slice(`{"a"${text}`, size);
      }),
      { numRuns: 2_000 },
    );
  });

  it('NDJSON: a broken line loses only itself, wherever the chunks end', () => {
    assert(
      property(array(json(), { minLength: 1, maxLength: 4 }), chunkSizes, (broken, size) => {
        const good = (name: string) => JSON.stringify({ name });
        const cut = broken.map((line) => `{"x":[${line.replaceAll('\n', '')}`);
        const text = [good('a'), good('b'), ...cut, good('c')].join('\n');
        const { slices } = slice(text, size);
        expect(slices.filter(({ type }) => type === 'value').map(({ bytes }) => JSON.parse(bytes.toString()) as unknown)).toEqual([
          { name: 'a' },
          { name: 'b' },
          { name: 'c' },
        ]);
        expect(slices.filter(({ type }) => type === 'broken').map(({ line }) => line)).toEqual(cut.map((_, index) => index + 3));
      }),
    );
  });
});

describe('cutting YAML', () => {
  const pods = array(integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 8 });

  it('documents read one by one equal documents read alone, wherever the chunks end', async () => {
    await assert(
      asyncProperty(
        pods,
        chunkSizes,
        constantFrom('---\n', '--- # next\n', '---\n# comment\n---\n', '...\n---\n'),
        async (numbers, size, separator) => {
          const texts = numbers.map(
            (n) =>
              `apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod-${n}\n  annotations:\n    text: |\n      a\n       --- b\n\n      - ${n}\n`,
          );
          const objectsOf = async (text: string, chunk?: number) =>
            (await readAll([fileOf(text, 'f.yaml', chunk)])).map((document) =>
              document.outcome === 'object' ? document.object : document,
            );
          const whole = await objectsOf(texts.join(separator), size);
          expect(whole).toEqual((await Promise.all(texts.map(async (text) => objectsOf(text)))).flat());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a JSON list and the same list in YAML are the same objects', async () => {
    await assert(
      asyncProperty(array(jsonValue({ maxDepth: 3 }), { maxLength: 5 }), async (specs) => {
        const items = specs.map((spec, n) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${n}` }, spec }));
        const text = JSON.stringify({ apiVersion: 'v1', items, kind: 'List' });
        const objects = (documents: Awaited<ReturnType<typeof readText>>) =>
          documents.map((document) => (document.outcome === 'object' ? document.object : document.diagnostics[0]?.code));
        // The leading comment makes it a YAML file, the unquoted key YAML alone.
        const asYaml = await readText(`# yaml\n{x: 1, ${text.slice(1)}`);
        expect(objects(asYaml)).toEqual(objects(await readText(text)));
      }),
      { numRuns: 100 },
    );
  });
});
