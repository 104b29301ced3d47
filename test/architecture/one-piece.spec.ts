import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The server is built into pieces that lie in `dist/` itself (ADR 0018): a file that looks beside itself for others finds them there only if it stood at the root of `src/`. */
describe('files that are found by their own place', () => {
  const looksBesideItself = (file: string) => readFileSync(join('src', file), 'utf8').includes(', import.meta.url)');
  const looking = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && looksBesideItself(file),
  );

  it('stand at the root of `src/`', () => {
    expect(looking).toContain('start.ts');
    expect(looking.filter((file) => file.includes('/'))).toEqual([]);
  });
});
