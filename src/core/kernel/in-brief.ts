/** So much of a text stands in a sentence. */
const MOST_SHOWN = 160;

/** A text as sentences show it: rules, annotations and headers may have hundreds of thousands of characters, and every sentence repeats them. */
export function inBrief(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}… (${text.length} characters)`;
}
