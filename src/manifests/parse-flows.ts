import { parseEvents, YAMLException, type Event } from 'js-yaml';

/** Spaces put before a line: more than any block is indented in practice, and without meaning inside a flow. */
const INDENT = ' '.repeat(64);
const MAX_LINES = 64;
/** Each repaired line means parsing the text again; this many characters in all are worth it. */
const MAX_PARSED = 16 * 2 ** 20;

/** The events of a text, and the text they point into. Its lines are those of the original. */
export interface ParsedEvents {
  readonly source: string;
  readonly events: Event[];
}

function indentLine(text: string, position: number): string {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  return `${text.slice(0, start)}${INDENT}${text.slice(start)}`;
}

/**
 * Parses a text whose flow collections and quoted texts may go on at any column: YAML wants them indented deeper than the block around them,
 * libyaml and so kubectl do not care. js-yaml names the line it finds too shallow; indented, where that means nothing, it is accepted.
 * Throws js-yaml's exception.
 */
export function parseFlowsOfAnyIndent(text: string, maxDepth: number): ParsedEvents {
  let source = text;
  for (let lines = 0; ; lines++) {
    try {
      return { source, events: parseEvents(source, { maxDepth }) };
    } catch (error) {
      const tooShallow = error instanceof YAMLException && error.reason === 'deficient indentation' && error.mark;
      if (!tooShallow || lines >= MAX_LINES || (lines + 1) * source.length > MAX_PARSED) throw error;
      source = indentLine(source, tooShallow.position);
    }
  }
}
