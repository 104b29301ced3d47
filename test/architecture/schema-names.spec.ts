import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTypeDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

/** Types of one name in two files are merged without a word: a member that one of them lacks, or a description, is then somebody else's. */
describe('the SDL of the rooms', () => {
  const files = readdirSync('src/api', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.graphql'));

  it('defines each type in one file; others extend it', () => {
    const definedIn = new Map<string, string[]>();
    for (const file of files) {
      const types = parse(readFileSync(join('src/api', file), 'utf8')).definitions.filter(isTypeDefinitionNode);
      for (const { name } of types) definedIn.set(name.value, [...(definedIn.get(name.value) ?? []), file]);
    }
    expect(definedIn.size).toBeGreaterThan(files.length);
    expect([...definedIn].filter(([, places]) => places.length > 1)).toEqual([]);
  });
});
