import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Case ids that stand in `known-differences.md` as `- \`<case id>\`: reason`. Each has to quote the specification's sentence, so an entry
 * without a quotation (a line starting with `>` before the next heading) is an error of the file.
 */
export function knownDifferences(directory: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const section of readFileSync(join(directory, 'known-differences.md'), 'utf8').split(/^## /m).slice(1)) {
    const named = [...section.matchAll(/^- `([^`]+)`/gm)].map((match) => match[1] ?? '');
    if (named.length > 0 && !/^> /m.test(section))
      throw new Error(`known-differences.md: section \`${section.split('\n')[0]}\` quotes no specification`);
    for (const id of named) ids.add(id);
  }
  return ids;
}
