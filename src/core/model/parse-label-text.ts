import type { Result } from '../kernel/result.js';
import type { LabelSelector } from '../resources/label-selector.js';
import { parseLabels } from './internal/selector-labels.js';

/** Reads a label selector as `kubectl get -l` does: `app=web,tier in (a,b),track!=canary,ready,!debug`. The error is what is wrong, in words. */
export function parseLabelText(text: string): Result<LabelSelector, string> {
  return parseLabels(text);
}
