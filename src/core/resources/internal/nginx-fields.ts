import { inBrief } from '../../kernel/in-brief.js';
import { isJsonObject } from '../../kernel/json.js';
import type { ObjectReader } from './object-reader.js';

/** What the controller of NGINX Inc. asks of fields that its reader does not look at otherwise: a table a kind. */
export type NginxFields = Readonly<Record<string, NginxField>>;

/** `fault`: why a text that is not empty is refused; undefined: it is taken. */
export type NginxField =
  | { readonly is: 'text'; readonly needed?: true; readonly fault: (text: string) => string | undefined }
  | { readonly is: 'number'; readonly needed?: true; readonly least: number; readonly most: number }
  | { readonly is: 'boolean' }
  | { readonly is: 'object'; readonly fields: NginxFields }
  | { readonly is: 'texts'; readonly fault: (text: string) => string | undefined }
  | { readonly is: 'objects'; readonly fields: NginxFields };

/** Reports what a table refuses of an object. */
export function checkNginxFields(reader: ObjectReader, fields: NginxFields): void {
  for (const [field, asked] of Object.entries(fields)) checkField(reader, field, asked);
}

function checkField(reader: ObjectReader, field: string, asked: NginxField): void {
  switch (asked.is) {
    case 'text': {
      const text = reader.filledText(field);
      if (text === undefined && asked.needed) reader.error('missing-field', field, `it needs \`${field}\``);
      const fault = text === undefined ? undefined : asked.fault(text);
      if (fault !== undefined) reader.error('invalid-value', field, `\`${inBrief(text ?? '')}\` ${fault}`);
      return;
    }
    case 'number':
      if (asked.needed && !reader.has(field)) reader.error('missing-field', field, `it needs \`${field}\``);
      reader.integer(field, asked.least, asked.most);
      return;
    case 'boolean':
      reader.boolean(field);
      return;
    case 'object': {
      const own = reader.object(field);
      if (own) checkNginxFields(own, asked.fields);
      return;
    }
    case 'objects':
      for (const one of reader.objects(field)) checkNginxFields(one, asked.fields);
      return;
    case 'texts':
      for (const [index, text] of reader.texts(field).entries()) {
        const fault = asked.fault(text);
        if (fault !== undefined) reader.elementError('invalid-value', field, index, `\`${inBrief(text)}\` ${fault}`);
      }
      return;
    default:
      asked satisfies never;
  }
}

/** Whether a field is there that only NGINX Plus, or another part of the controller, has: an object, a text that is not empty, or `true`. */
export function isUsed(reader: ObjectReader, field: string): boolean {
  const value = reader.raw(field);
  return isJsonObject(value) || value === true || (typeof value === 'string' && value !== '');
}
