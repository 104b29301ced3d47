import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readText } from '../../../test/support/manifests.js';
import type { Json, JsonObject } from '../../core/kernel/json.js';
import { yamlOfJson } from './yaml-of-json.js';

/** Texts that YAML 1.1 or 1.2 would read as something else, if they stood without quotes. */
// prettier-ignore
const TRAPS = [
  '', '~', 'null', 'yes', 'No', 'ON', 'y', 'true', '1', '-1', '0x1f', '0644', '1e3', 'e0', 'E-12', '.5', '.inf', '12:30', '2026-01-31',
  ' a', 'a ', 'a: b', 'a #b', '#a', '- a', '-', '?', '? a', '{}', '[a]', '&a', '*a', '!a', '|', '>', '%a', '@a', '`a', '"a"', "'a'",
  '---', '...', '=', '<<', 'a:', ':a', 'nginx:1.25', 'a/b@sha256:0f', '\t', '\u0085', '\u2028', '\ufeff', '\u007f', '\u0000',
  'a\nb', 'a\nb\n', 'a\n\nb\n', 'a\n\n', '\na', ' a\nb', 'a\n b', 'a\n \nb', 'a\r\nb', '#a\nb', 'a\n---\nb', 'a\tb\nc', '--- a\nb',
];

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom(...TRAPS));
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((name) => name !== '__proto__' && name !== '<<'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
}));

describe('yamlOfJson', () => {
  it('prints as kubectl does', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', labels: {}, annotations: { on: 'yes', port: '80' } },
      data: { 'nginx.conf': 'server {\n  listen 80;\n}\n' },
      list: [{ name: 'a', ports: [80, 443] }, [], ['b', [null, true]]],
    };
    expect(yamlOfJson(object)).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  labels: {}
  annotations:
    "on": "yes"
    port: "80"
data:
  nginx.conf: |
    server {
      listen 80;
    }
list:
- name: a
  ports:
  - 80
  - 443
- []
- - b
  - - null
    - true
`);
  });

  it.each(TRAPS)('keeps %j', (trap) => {
    const object = { [trap === '<<' ? 'x' : trap]: trap, list: [trap, { in: trap }] };
    const yaml = yamlOfJson(object);
    expect([parse(yaml), parse(yaml, { version: '1.1' }), load(yaml)]).toEqual([object, object, object]);
  });

  it('is read back as what it was, by YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value), (object: JsonObject) => {
        const yaml = yamlOfJson(object);
        expect(parse(yaml)).toEqual(object);
        expect(parse(yaml, { version: '1.1' })).toEqual(object);
      }),
    );
  });

  it('is imported as what it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 5 }), async (values) => {
        fc.pre(!JSON.stringify(values).includes('\\u0000')); // cannot be stored, and is refused on the way in
        const object = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x', namespace: 'y' }, spec: values };
        const [document] = await readText(`${yamlOfJson(object)}---\n${yamlOfJson(object)}`);
        expect(document).toMatchObject({ outcome: 'object' });
        expect(document?.outcome === 'object' && document.object).toEqual(object);
      }),
    );
  });
});
