import type { CalicoSelector } from '../calico-selector.js';
import { parseCalicoSelector } from '../parse-calico-selector.js';
import type { ObjectReader } from './object-reader.js';

/** "MaxLength=1024" of the selectors in `api/pkg/apis/projectcalico/v3`. */
const LONGEST = 1024;

/** What a field of selectors may say. */
export interface SelectorRule {
  /** `global()` stands alone in the namespaceSelector of an entity rule, and nowhere else; beside more there, it is understood all the same: CRDs take it. */
  readonly global: 'alone' | 'refused';
}

/**
 * Reads a selector. Undefined: missing or empty, or one that cannot be read, which is reported as an error. A long one is understood all the same: only newer
 * releases refuse it.
 */
export function readCalicoSelector(reader: ObjectReader, field: string, { global }: SelectorRule): CalicoSelector | undefined {
  const text = reader.filledText(field);
  if (text === undefined) return undefined;
  const parsed = parseCalicoSelector(text);
  if (!parsed.ok) {
    reader.error('invalid-selector', field, `\`${text.slice(0, LONGEST)}\` is no selector: ${parsed.error}`);
    return undefined;
  }
  const selector = parsed.value;
  if (text.length > LONGEST)
    reader.warn('out-of-range', field, `the selector is longer than ${LONGEST} characters, which newer releases of Calico refuse`);
  if (!selector.steps.some(({ op }) => op === 'global')) return selector;
  if (global === 'alone') {
    if (selector.steps.length > 1)
      reader.warn('invalid-selector', field, "`global()` stands beside more, which Calico's validation refuses");
    return selector;
  }
  reader.error('invalid-selector', field, '`global()` stands only in the namespaceSelector of a source or destination');
  return undefined;
}
