/** A global id (Relay): the type and what identifies the object there. Opaque to clients. */
export function nodeId(type: string, ...parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([type, ...parts])).toString('base64url');
}

/** The parts of a global id; undefined for text that is none. */
export function parseNodeId(id: string): readonly (string | number)[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(id, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string' || typeof part === 'number') ? parts : undefined;
  } catch {
    return undefined;
  }
}
