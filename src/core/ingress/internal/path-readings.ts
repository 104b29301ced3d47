/** `/a/./b/../c` → `/a/c`; going above the root stays at the root (RFC 3986 §5.2.4). */
export function removeDotSegments(path: string): string {
  const output: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') output.pop();
    else if (segment !== '.') output.push(segment);
    if (last && (segment === '.' || segment === '..')) output.push('');
  }
  return `/${output.join('/')}`;
}

function decode(path: string): string {
  return path.replace(/(?:%[0-9a-fA-F]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded; // not UTF-8: it stays as it is
    }
  });
}

const STEPS: readonly ((path: string) => string)[] = [decode, (path) => path.replace(/\/{2,}/g, '/'), removeDotSegments];

/**
 * The ways in which a controller may read a path before it compares it: as it stands, and with percent-encodings decoded, repeated slashes
 * merged and dot segments resolved, in every combination. The specification does not say which (divergence D7). The first is the path as it stands.
 */
export function pathReadings(path: string): readonly string[] {
  if (hasOneReading(path)) return [path];
  const readings = new Set([path]);
  for (let chosen = 1; chosen < 1 << STEPS.length; chosen++) {
    readings.add(STEPS.reduce((text, step, index) => (chosen & (1 << index) ? step(text) : text), path));
  }
  return [...readings];
}

/** What controllers read in several ways, or may begin so. One expression: of texts of two characters `includes` leaves the compiled code. */
const OPEN_TO_READING = /%|\/[/.]/;

/** Whether every controller reads the path alike. */
export function hasOneReading(path: string): boolean {
  return !OPEN_TO_READING.test(path);
}
