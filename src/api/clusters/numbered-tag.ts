import { entityTag } from '../http/entity-tag.js';

/** The entity tag of something that has a number: it begins with the number, which is what `If-Match` of a change expects (`expectedNumber`). */
export function numberedTag(number: number, body: unknown): string {
  return `"${number}.${entityTag(JSON.stringify(body)).slice(1)}`;
}
