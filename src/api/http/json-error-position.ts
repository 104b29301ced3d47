const TOKEN =
  /\s*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b))/y;

/** Which kinds of tokens may follow, by state. `v`: value, `k`: key, `:`, and `,` or the closing bracket of what is open. */
type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/** Where a JSON text breaks the grammar (RFC 8259), as offset, line and column (both from 1), and what was expected there. Undefined for a valid text. */
export function jsonErrorPosition(
  text: string,
): { readonly offset: number; readonly line: number; readonly column: number; readonly expected: string } | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const start = TOKEN.lastIndex;
    const [, mark, string, scalar] = TOKEN.exec(text) ?? [];
    const token = mark ?? (string === undefined ? (scalar === undefined ? undefined : 'scalar') : 'string');
    const next: Expected | undefined = token === undefined ? undefined : following(expected, token, open);
    if (next !== undefined) {
      expected = next;
      continue;
    }
    const offset = start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0);
    if (token === undefined && offset >= text.length && expected === 'nothing') return undefined;
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    return { offset, line, column: offset - before.lastIndexOf('\n'), expected: DESCRIPTIONS[expected] };
  }
}

const DESCRIPTIONS: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'value-or-end': 'a value or `]`',
  key: 'a key in double quotes',
  'key-or-end': 'a key in double quotes or `}`',
  colon: '`:`',
  'comma-or-end': '`,` or the closing bracket',
  nothing: 'the end of the text',
};

/** The state after a token; undefined where the token may not stand. */
function following(expected: Expected, token: string, open: ('{' | '[')[]): Expected | undefined {
  const closed = (): Expected => {
    open.pop();
    return open.length === 0 ? 'nothing' : 'comma-or-end';
  };
  const innermost = open.at(-1);
  if (expected === 'colon') return token === ':' ? 'value' : undefined;
  if (expected === 'key' || expected === 'key-or-end') {
    if (token === 'string') return 'colon';
    return token === '}' && expected === 'key-or-end' ? closed() : undefined;
  }
  if (expected === 'comma-or-end') {
    if (token === ',') return innermost === '{' ? 'key' : 'value';
    return token === (innermost === '{' ? '}' : ']') ? closed() : undefined;
  }
  if (expected === 'nothing') return undefined;
  if (token === '{' || token === '[') {
    open.push(token);
    return token === '{' ? 'key-or-end' : 'value-or-end';
  }
  if (token === ']' && expected === 'value-or-end') return closed();
  if (token !== 'string' && token !== 'scalar') return undefined;
  return open.length === 0 ? 'nothing' : 'comma-or-end';
}
