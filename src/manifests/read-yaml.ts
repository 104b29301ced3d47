import { constructFromEvents, EVENT_ID, YAMLException, type Event } from 'js-yaml';
import { err, ok, type Result } from '../core/kernel/result.js';
import { expandAliases } from './expand-aliases.js';
import { nearestLine } from './json-pointer.js';
import { KUBECTL_SCHEMA, MAP_AS_KEY } from './kubectl-yaml.js';
import { LineIndex } from './line-index.js';
import type { ManifestLimits } from './manifest-limits.js';
import { parseFlowsOfAnyIndent } from './parse-flows.js';
import type { ParsedValue, ParseFailure } from './parsed-value.js';
import { yamlPositions, type YamlPositions } from './yaml-events.js';

/** Upper bound of alias nodes in one document; what they expand to is bounded apart. */
const MAX_ALIASES = 10_000;

const TEMPLATE: Pick<ParseFailure, 'code' | 'message' | 'hint'> = {
  code: 'template-not-rendered',
  message: 'this is a template, not rendered',
  hint: 'render it first, for example with `helm template` or `kustomize build`',
};

/** js-yaml's reason without what it quotes of the text. */
function describeFailure(error: YAMLException, text: string, firstLine: number): ParseFailure {
  const line = firstLine + (error.mark?.line ?? 0);
  const alias = /^unidentified alias "(.*)"$/s.exec(error.reason)?.[1];
  if (alias !== undefined && /^\*+[A-Z _-]*\**$/i.test(alias)) {
    const message = 'a redacted value that is not quoted is an alias in YAML, so the document cannot be read';
    return { code: 'redacted-value', message, line, hint: 'quote the value, or dump as JSON' };
  }
  if (/\{\{|\{%/.test(text)) return { ...TEMPLATE, line };
  if (alias !== undefined)
    return { code: 'syntax-error', message: 'an alias (`*name`) names no anchor', line, hint: 'quote a text that starts with `*`' };
  if (error.reason.startsWith('nesting exceeded')) return { code: 'too-deep', message: error.reason, line };
  if (error.reason.startsWith('aliases exceeded')) return { code: 'too-many-aliases', message: error.reason, line };
  return { code: 'syntax-error', message: `not YAML: ${error.reason.split('"', 1)[0]}`, line };
}

/** Reads one cut of a YAML file: usually one document, none when it is empty, several when `...` ends one. */
class YamlReading {
  private readonly index: LineIndex;
  private readonly text: string;
  private readonly events: Event[];
  /** Where each document's events begin. */
  private readonly starts: readonly number[];
  private hasDuplicates = false;

  constructor(
    text: string,
    private readonly firstLine: number,
    private readonly limits: ManifestLimits,
  ) {
    const parsed = parseFlowsOfAnyIndent(text, limits.maxDepth);
    this.text = parsed.source;
    this.events = parsed.events;
    this.starts = parsed.events.flatMap((event, at) => (event.type === EVENT_ID.DOCUMENT ? [at] : []));
    this.index = new LineIndex(parsed.source, firstLine);
  }

  values(): Result<readonly ParsedValue[], ParseFailure> {
    const documents = this.construct();
    const hasAliases = this.events.some((event) => event.type === EVENT_ID.ALIAS);
    const values: ParsedValue[] = [];
    for (const [position, document] of documents.entries()) {
      if (document === undefined || document === null) continue;
      const value = this.value(document, this.starts[position] ?? 0, hasAliases);
      if (!value.ok) return value;
      values.push(value.value);
    }
    return ok(values);
  }

  /** js-yaml does not say where a key stands that is a collection. */
  lineOfMapAsKey(): number {
    const lines = this.starts.flatMap((start) => yamlPositions(this.text, this.events, start, this.index).complexKeys);
    return lines[0] ?? this.firstLine;
  }

  /** Refuses equal keys first, because that costs nothing; only where there are some is it looked up which. */
  private construct(): unknown[] {
    const options = { source: this.text, schema: KUBECTL_SCHEMA, maxAliases: MAX_ALIASES };
    try {
      return constructFromEvents(this.events, options);
    } catch (error) {
      if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key') throw error;
      this.hasDuplicates = true;
      return constructFromEvents(this.events, { ...options, json: true });
    }
  }

  private value(document: unknown, start: number, hasAliases: boolean): Result<ParsedValue, ParseFailure> {
    const expanded = hasAliases ? expandAliases(document, this.limits) : { tree: document };
    const first = this.events[start + 1];
    const line = first && 'start' in first ? this.index.lineAt(first.start) : this.firstLine;
    if ('refusal' in expanded) {
      const limit = expanded.refusal === 'too-deep' ? `${this.limits.maxDepth} levels` : `${this.limits.maxExpandedValues} values`;
      return err({ code: expanded.refusal, message: `its aliases expand to more than ${limit}`, line });
    }
    let positions: YamlPositions | undefined;
    const located = () => (positions ??= yamlPositions(this.text, this.events, start, this.index));
    const lineOf = (pointer: string) => nearestLine(located().lines, pointer, line);
    return ok({ value: expanded.tree, line, lineOf, duplicates: this.hasDuplicates ? located().duplicates : [] });
  }
}

/** Reads the text of a YAML document as kubectl does. `firstLine` is the text's line in its file. */
export function readYaml(text: string, firstLine: number, limits: ManifestLimits): Result<readonly ParsedValue[], ParseFailure> {
  let reading: YamlReading | undefined;
  try {
    reading = new YamlReading(text, firstLine, limits);
    return reading.values();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    if (reading && error.reason === MAP_AS_KEY) return err({ ...TEMPLATE, line: reading.lineOfMapAsKey() });
    return err(describeFailure(error, text, firstLine));
  }
}
