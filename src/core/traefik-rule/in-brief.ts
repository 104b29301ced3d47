/** So much of a text stands in a sentence. */
const MOST_SHOWN = 160;

/** A text as sentences show it: rules, paths and headers may be long, and every router's sentence names them. */
export function inBrief(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}… (${text.length} characters)`;
}
