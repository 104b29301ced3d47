/** What the arguments of a Traefik say of one of its providers, or of another section, by the names of its settings in lower case (Traefik reads them without case); of it as a whole by an empty one. An argument alone is `true`. */
export function traefikArguments(all: readonly string[], section: string, within = 'providers.'): ReadonlyMap<string, string> {
  const prefix = `--${within}${section}`;
  const told = new Map<string, string>();
  for (const argument of all) {
    const end = argument.indexOf('=');
    const name = (end < 0 ? argument : argument.slice(0, end)).toLowerCase();
    if (name !== prefix && !name.startsWith(`${prefix}.`)) continue;
    told.set(name.slice(prefix.length + 1), end < 0 ? 'true' : argument.slice(end + 1));
  }
  return told;
}

/** Whether the provider runs: any setting turns it on. */
export function isTurnedOn(told: ReadonlyMap<string, string>): boolean {
  return told.size > 1 || (told.size === 1 && told.get('') !== 'false');
}

/** As the profile holds it. */
export function scalar(text: string): string | boolean {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
