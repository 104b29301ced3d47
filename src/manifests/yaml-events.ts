import { EVENT_ID, getScalarValue, SCALAR_STYLE, type AliasEvent, type Event, type ScalarEvent } from 'js-yaml';
import { assertNever } from '../core/kernel/assert-never.js';
import { childPointer } from './json-pointer.js';
import type { LineIndex } from './line-index.js';
import type { FoundAt } from './parsed-value.js';
import { resolvePlainScalar } from './yaml-scalar.js';

/** Where the values of one document stand. */
export interface YamlPositions {
  /** Line of each value, by pointer. A member's line is its key's. */
  readonly lines: ReadonlyMap<string, number>;
  readonly duplicates: readonly FoundAt[];
  /** Lines of collections that are used as keys. */
  readonly complexKeys: readonly number[];
}

interface Frame {
  readonly pointer: string;
  readonly keys: Set<string> | undefined;
  index: number;
  /** The key whose value comes next; undefined where a key comes next. */
  key: string | undefined;
}

function keyText(source: string, event: ScalarEvent): string {
  const text = getScalarValue(source, event);
  return event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 ? String(resolvePlainScalar(text)) : text;
}

function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      return -1;
    default:
      return assertNever(event);
  }
}

/** Walks the events of one document once, following pointers. */
class PositionWalk {
  readonly lines = new Map<string, number>();
  readonly duplicates: FoundAt[] = [];
  readonly complexKeys: number[] = [];
  private readonly frames: Frame[] = [];

  constructor(
    private readonly source: string,
    private readonly index: LineIndex,
    private readonly maxDepth: number,
  ) {}

  visit(event: Event): void {
    if (event.type === EVENT_ID.POP) this.frames.pop();
    else if (event.type !== EVENT_ID.DOCUMENT) this.visitNode(event);
  }

  private visitNode(event: Exclude<Event, { type: typeof EVENT_ID.POP | typeof EVENT_ID.DOCUMENT }>): void {
    const frame = this.frames.at(-1);
    if (frame?.keys && frame.key === undefined) {
      if (event.type === EVENT_ID.SCALAR) return this.visitKey(frame, frame.keys, event);
      if (event.type === EVENT_ID.ALIAS) return this.visitAliasKey(frame, event);
      this.complexKeys.push(this.index.lineAt(event.start));
      frame.key = '?';
      this.frames.push({ pointer: frame.pointer, keys: event.type === EVENT_ID.MAPPING ? new Set() : undefined, index: 0, key: undefined });
      return undefined;
    }
    const pointer = this.place(frame, event);
    if (event.type === EVENT_ID.SEQUENCE) this.frames.push({ pointer, keys: undefined, index: 0, key: undefined });
    if (event.type === EVENT_ID.MAPPING) this.frames.push({ pointer, keys: new Set(), index: 0, key: undefined });
  }

  private visitKey(frame: Frame, keys: Set<string>, event: ScalarEvent): void {
    const key = keyText(this.source, event);
    frame.key = key;
    const line = this.index.lineAt(event.valueStart);
    const pointer = childPointer(frame.pointer, key);
    if (keys.has(key)) this.duplicates.push({ pointer, line });
    keys.add(key);
    if (this.frames.length <= this.maxDepth) this.lines.set(pointer, line);
  }

  /** An alias as a key names an anchored text; which one does not matter here. */
  private visitAliasKey(frame: Frame, event: AliasEvent): void {
    frame.key = this.source.slice(event.anchorStart, event.anchorEnd);
  }

  private place(frame: Frame | undefined, event: Event): string {
    if (!frame) {
      this.lines.set('', this.index.lineAt(offsetOf(event)));
      return '';
    }
    if (frame.keys) {
      const pointer = childPointer(frame.pointer, frame.key ?? '');
      frame.key = undefined;
      return pointer;
    }
    const pointer = childPointer(frame.pointer, frame.index++);
    const offset = offsetOf(event);
    if (offset >= 0 && this.frames.length <= this.maxDepth) this.lines.set(pointer, this.index.lineAt(offset));
    return pointer;
  }
}

/** The positions in the document whose `DOCUMENT` event is `events[start]`, down to `maxDepth` levels. */
export function yamlPositions(
  source: string,
  events: readonly Event[],
  start: number,
  index: LineIndex,
  maxDepth = Infinity,
): YamlPositions {
  const walk = new PositionWalk(source, index, maxDepth);
  let depth = 0;
  for (let at = start; at < events.length; at++) {
    const event = events[at];
    if (event === undefined) break;
    if (event.type === EVENT_ID.POP && --depth === 0) break;
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) depth++;
    walk.visit(event);
  }
  return { lines: walk.lines, duplicates: walk.duplicates, complexKeys: walk.complexKeys };
}
