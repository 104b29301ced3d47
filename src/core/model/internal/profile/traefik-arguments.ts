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

const OF_ENTRY_POINTS = [
  'address',
  'forwardedHeaders.insecure',
  'forwardedHeaders.trustedIPs',
  'http.redirections.entryPoint.to',
  'http.redirections.entryPoint.scheme',
  'http.redirections.entryPoint.permanent',
  'http.redirections.entryPoint.priority',
];

/** What the entry points of the Helm chart are told about the clients that they believe, where they send them, and about TLS (doc.traefik.io "EntryPoints"). */
export function entryPointSettings(all: readonly string[]): readonly (readonly [string, string | boolean])[] {
  const own = ['web', 'websecure'].flatMap((name) => {
    const told = traefikArguments(all, name, 'entrypoints.');
    return OF_ENTRY_POINTS.flatMap((field) => {
      const value = told.get(field.toLowerCase());
      return value === undefined ? [] : [[`entryPoints.${name}.${field}`, scalar(value)] as const];
    });
  });
  const ofTls = [...traefikArguments(all, 'websecure', 'entrypoints.')].filter(
    ([name]) => name === 'http.tls' || name.startsWith('http.tls.'),
  );
  const tls = ofTls.map(([name, value]) => name !== 'http.tls' || value.toLowerCase() !== 'false');
  return tls.length === 0 ? own : [...own, ['websecureTLS', tls.includes(true)]];
}
