import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { isJsonObject } from '../../core/kernel/json.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** A tree of the members to keep; a member without members of its own is kept whole. */
export type Projection = ReadonlyMap<string, Projection>;

/**
 * Reads `fields`: paths joined by commas, each either dotted (`metadata.name`) or a JSON pointer (`/metadata/labels/app.kubernetes.io~1name`) for names that have a dot. A path goes
 * through lists to each of their elements, and begins with a member of `item`. Undefined: everything is asked for. Fails with `invalid-request`.
 */
export function parseFields(text: string | undefined, item: z.ZodType): Result<Projection | undefined, Problem> {
  if (text === undefined) return ok(undefined);
  const root: Tree = new Map();
  for (const tokens of text.split(',').map((one) => tokensOf(one.trim()))) if (tokens.length > 0) keep(root, tokens);
  const known = item instanceof z.ZodObject ? Object.keys(item.shape) : [...root.keys()];
  const unknown = [...root.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) return err(unknownField(unknown, known));
  return ok(root.size === 0 ? undefined : root);
}

/** The parts of a value that were asked for; what is not there is left out. */
export function projectFields(value: unknown, projection: Projection | undefined): unknown {
  if (projection === undefined || projection.size === 0) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => projectFields(element, projection));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).flatMap(([name, member]): readonly [string, unknown][] => {
    const deeper = projection.get(name);
    return deeper === undefined ? [] : [[name, projectFields(member, deeper)]];
  });
  return Object.fromEntries(kept);
}

function unknownField(name: string, known: readonly string[]): Problem {
  const message = `\`fields\`: an item has no \`${name}\``;
  const hint = didYouMeanHint(name, known) ?? `it has ${known.map((one) => `\`${one}\``).join(', ')}`;
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/fields', code: 'unknown-field', message, hint }] });
}

/** A projection in the making. */
interface Tree extends Map<string, Tree> {}

function tokensOf(path: string): readonly string[] {
  if (!path.startsWith('/')) return path.split('.').filter((token) => token !== '');
  return path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function keep(root: Tree, tokens: readonly string[]): void {
  let node = root;
  let isNew = false;
  for (const token of tokens) {
    const known = node.get(token);
    if (known?.size === 0 && !isNew) return; // kept whole already
    const next: Tree = known ?? new Map();
    isNew = known === undefined;
    node.set(token, next);
    node = next;
  }
  node.clear(); // kept whole from now on
}
