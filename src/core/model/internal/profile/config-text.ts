import type { Json, JsonObject } from '../../../kernel/json.js';

interface Line {
  readonly indent: number;
  /** Without indent and comment. */
  readonly text: string;
  readonly raw: string;
}

// Both are written so that no text makes them slow: what follows a key is the first colon, and a flow collection is one short line.
const KEY = /^(?:"([^"]*)"\s*|'([^']*)'\s*|([^\s"'#[\]{},:-][^:]*|-[^\s:][^:]*)):(?:\s+(.*))?$/;
const LONGEST_FLOW = 2_000;

/**
 * Reads the configuration file inside a ConfigMap (kubeadm's ClusterConfiguration, KubeProxyConfiguration, KubeletConfiguration, antrea-agent.conf): JSON, or
 * the YAML that a Kubernetes component prints: block mappings and sequences, one-line flow ones, plain and quoted scalars, block scalars. Anchors, tags and
 * flow collections over several lines do not occur there; what cannot be read is left out. Undefined: nothing readable.
 */
export function readConfigText(text: string): Json | undefined {
  if (/^\s*[{[]/.test(text)) {
    try {
      const value: Json = JSON.parse(text);
      return value;
    } catch {
      return undefined;
    }
  }
  const reader = new ConfigReader(text);
  return reader.block(0);
}

class ConfigReader {
  private readonly lines: readonly Line[];
  private at = 0;

  constructor(text: string) {
    this.lines = text.split(/\r?\n/).map((raw) => {
      const body = withoutComment(raw);
      return { indent: body.length - body.trimStart().length, text: body.trim(), raw };
    });
  }

  /** The mapping or sequence that begins on the next line, if it is indented by at least `indent`. */
  block(indent: number): Json | undefined {
    const first = this.peek();
    if (!first || first.indent < indent) return undefined;
    return isItem(first.text) ? this.sequence(first.indent) : this.mapping(first.indent);
  }

  private mapping(indent: number): JsonObject {
    const entries: [string, Json][] = [];
    for (let line = this.peek(); line && line.indent >= indent; line = this.peek()) {
      this.at++;
      const pair = line.indent === indent ? pairOf(line.text) : undefined;
      if (pair) entries.push([pair[0], this.value(pair[1], indent)]);
    }
    return Object.fromEntries(entries);
  }

  private sequence(indent: number): Json[] {
    const items: Json[] = [];
    for (let line = this.peek(); line && line.indent === indent && isItem(line.text); line = this.peek()) {
      const rest = line.text.slice(1).trimStart();
      if (KEY.test(rest) && !/^["'[{]/.test(rest)) {
        items.push(this.itemMapping(line, rest));
      } else {
        this.at++;
        items.push(this.value(rest, indent));
      }
    }
    return items;
  }

  /** `- name: x` opens a mapping whose keys stand where `name` stands. */
  private itemMapping(line: Line, rest: string): JsonObject {
    const indent = line.indent + line.text.length - rest.length;
    this.at++;
    const [key, text] = pairOf(rest) ?? ['', ''];
    const head = this.value(text, indent);
    return { [key]: head, ...this.mapping(indent) };
  }

  private value(text: string, indent: number): Json {
    if (/^[|>][+-]?\d?$/.test(text)) return this.blockScalar(indent);
    if (text !== '') return scalarOrFlow(text);
    const next = this.peek();
    // A sequence may stand at the indent of its key.
    const least = next && isItem(next.text) && next.indent === indent ? indent : indent + 1;
    return this.block(least) ?? null;
  }

  private blockScalar(indent: number): string {
    const texts: string[] = [];
    for (let line = this.lines[this.at]; line; line = this.lines[this.at]) {
      const depth = line.raw.length - line.raw.trimStart().length;
      if (line.raw.trim() !== '' && depth <= indent) break;
      texts.push(line.raw.trimStart());
      this.at++;
    }
    return texts.join('\n');
  }

  private peek(): Line | undefined {
    for (let line = this.lines[this.at]; line; line = this.lines[this.at]) {
      if (line.text !== '' && line.text !== '---') return line;
      this.at++;
    }
    return undefined;
  }
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

/** Cuts at a `#` that begins the line or follows a blank, outside quotes. */
function withoutComment(line: string): string {
  if (!line.includes('#')) return line.trimEnd();
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    const before = line[at - 1] ?? ' ';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if ((character === '"' || character === "'") && /[\s[{,]/.test(before)) quote = character;
    else if (character === '#' && /\s/.test(before)) return line.slice(0, at).trimEnd();
  }
  return line.trimEnd();
}

/** The key and the text of the value of `key: value`. */
function pairOf(text: string): readonly [key: string, value: string] | undefined {
  const match = KEY.exec(text);
  return match ? [match[1] ?? match[2] ?? (match[3] ?? '').trimEnd(), match[4] ?? ''] : undefined;
}

function scalarOrFlow(text: string): Json {
  if (text.length > LONGEST_FLOW) return scalar(text);
  if (text.startsWith('[') && text.endsWith(']')) return splitFlow(text.slice(1, -1)).map(scalarOrFlow);
  if (text.startsWith('{') && text.endsWith('}')) {
    const pairs = splitFlow(text.slice(1, -1)).flatMap((pair) => [pairOf(pair) ?? ([pair, ''] as const)]);
    return Object.fromEntries(pairs.map(([key, value]) => [key, scalarOrFlow(value)]));
  }
  return scalar(text);
}

function splitFlow(text: string): readonly string[] {
  const parts = text.match(/(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|[^,])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** YAML 1.1 as Kubernetes reads it: only what these files use. */
function scalar(text: string): Json {
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1);
  if (text.length > 1 && text.startsWith("'") && text.endsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (text === '' || text === '~' || text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : text;
}
