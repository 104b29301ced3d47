import type { Revision } from '../../application/clusters/revision.js';

/** What of a revision nobody changes: names are given to it and taken away later, and what was read stays what it was. */
export function contentOfRevision(revision: Revision): Omit<Revision, 'tags'> {
  const { tags: _tags, ...content } = revision;
  return content;
}
