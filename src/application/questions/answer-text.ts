import type { Citation, Evidence } from '../../core/kernel/evidence.js';
import { bytesOf } from './joined-bytes.js';
import type { AnswerEnvelope } from './question.js';

/**
 * An answer as JSON in UTF-8: the bytes of `JSON.stringify`, in less time. Each member is written by itself, so that one character of the summary beyond Latin-1 does not
 * make all of the text twice as wide; and steps of the evidence, which all have one shape, without asking for their members.
 */
export function writeAnswer(answer: AnswerEnvelope): Buffer {
  const { revision, question, verdict, summary, result, evidence, assumptions, warnings, confidence, enforcement } = answer;
  return bytesOf([
    `{"revision":${revision},"question":${JSON.stringify(question)},"verdict":"${verdict}","summary":`,
    quoted(summary),
    ',"result":',
    JSON.stringify(result),
    ',"evidence":[',
    evidenceText(evidence),
    `],"assumptions":${JSON.stringify(assumptions)},"warnings":${JSON.stringify(warnings)}`,
    `,"confidence":"${confidence}","enforcement":${JSON.stringify(enforcement)}}`,
  ]);
}

function evidenceText(evidence: readonly Evidence[]): string {
  let text = '';
  let last: Evidence['object'] = null;
  let lastText = 'null';
  for (const { id, parent, stage, outcome, reason, object, pointer, message, provenance, cites } of evidence) {
    // Neighbours are mostly about one object.
    if (object !== last) {
      last = object;
      lastText = JSON.stringify(object);
    }
    const before = text === '' ? '' : ',';
    const where = pointer === null ? 'null' : quoted(pointer);
    text += `${before}{"id":${id},"parent":${parent},"stage":"${stage}","outcome":"${outcome}","reason":"${reason}","object":${lastText},"pointer":${where},"message":${quoted(message)},"provenance":"${provenance}"${cites === undefined ? '' : citationText(cites)}}`;
  }
  return text;
}

/** There are few of them, and every answer repeats some. */
const citations = new WeakMap<Citation, string>();

function citationText(cites: Citation): string {
  const text = citations.get(cites) ?? `,"cites":${JSON.stringify(cites)}`;
  citations.set(cites, text);
  return text;
}

/** Has what JSON writes otherwise than it is (ECMA-262, QuoteJSONString), halves of pairs included; other control characters are looked at too, in vain. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
