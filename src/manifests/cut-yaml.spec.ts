import { describe, expect, it } from 'vitest';
import { YamlCutter } from './cut-yaml.js';
import { DEFAULT_MANIFEST_LIMITS } from './manifest-limits.js';

/** `document@line text` of each document that is to be read, whatever the chunks are. */
function cut(text: string, chunk: number): readonly string[] {
  const cutter = new YamlCutter('a.yaml', DEFAULT_MANIFEST_LIMITS);
  const bytes = Buffer.from(text);
  const texts = [];
  for (let at = 0; at < bytes.length; at += chunk) texts.push(...cutter.push(bytes.subarray(at, at + chunk)));
  return [...texts, ...cutter.end()].map((one) => `${one.document}@${one.line} ${one.bytes.toString()}`);
}

/** YAML 1.2.2, rules l-any-document [210] and l-bare-document: what stands between two `---` is a document, though it is empty. */
describe('cuts of YAML', () => {
  it.each([1, 2, 3, 5, 1000])('leave out what is empty, and count it, in chunks of %i bytes', (chunk) => {
    expect(cut('---\n---\n---\na: 1\n--- \t# c\n\n# d\n---\nb: 2\n---', chunk)).toEqual(['3@3 ---\na: 1\n', '5@8 ---\nb: 2\n']);
    expect(cut('---\n'.repeat(1000), chunk)).toEqual([]);
    expect(cut('---\r\n---\r\na: 1', chunk)).toEqual(['2@2 ---\r\na: 1']);
  });

  it.each([1, 3, 1000])('keep what stands on the line of the separator, and directives, in chunks of %i bytes', (chunk) => {
    expect(cut('--- a\n--- |\n x\n%YAML 1.2\n---\nb\n', chunk)).toEqual(['1@1 --- a\n', '2@2 --- |\n x\n%YAML 1.2\n', '3@5 ---\nb\n']);
    expect(cut('%YAML 1.2\n---\na\n', chunk)).toEqual(['1@1 %YAML 1.2\n---\na\n']);
    expect(cut('---\n%a\n', chunk)).toEqual(['1@1 ---\n%a\n']);
  });
});
