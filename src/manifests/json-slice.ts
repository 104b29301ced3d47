/** A stretch of JSON text that is parsed alone. */
export interface JsonSlice {
  /**
   * `value`: a whole top-level value. `element`: one element of a top-level array, or of the `items` of a top-level object; before the first one
   * comes the `head`, all that precedes it, and after the last one the `frame`, the value with each element replaced by `0`. `broken`: a value
   * that ends before what it opens is closed.
   */
  readonly type: 'value' | 'head' | 'element' | 'frame' | 'broken';
  readonly bytes: Buffer;
  /** Position of the top-level value in the text, counted from 1. */
  readonly document: number;
  /** Line of the file, counted from 1, on which the bytes start. */
  readonly line: number;
  /** Of an element: `/items/3` or `/3`; otherwise empty. */
  readonly pointer: string;
  /** It nests deeper than the limit. */
  readonly tooDeep: boolean;
}

/** What follows in a file after its JSON: text that has to be read as YAML. */
export interface RestOfFile {
  readonly bytes: Buffer;
  /** Line of the file, counted from 1, on which the bytes start. */
  readonly line: number;
  /** How many documents came before. */
  readonly documents: number;
}
