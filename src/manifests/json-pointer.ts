/** A pointer extended by one member or index (RFC 6901). */
export function childPointer(pointer: string, key: string | number): string {
  return typeof key === 'number' ? `${pointer}/${key}` : `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The line of the value at a pointer or of the nearest value around it, as far as lines are known. */
export function nearestLine(lines: ReadonlyMap<string, number>, pointer: string, otherwise: number): number {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const line = lines.get(at);
    if (line !== undefined) return line;
    if (at === '') return otherwise;
  }
}
