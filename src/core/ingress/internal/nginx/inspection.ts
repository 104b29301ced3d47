import type { Ingress } from '../../../resources/ingress.js';
import type { NginxOptions } from './options.js';

/** A path that is not let through, and why. */
export interface PathRefusal {
  readonly pointer: string;
  readonly message: string;
}

/** What no path may say, in words of nginx: they look for ways out of a location (`inspector/rules.go`, `invalidRegex`). */
const HARMFUL: readonly ((path: string) => boolean)[] = [
  (path) => endsDirective(path, 'alias'),
  (path) => endsDirective(path, 'root'),
  (path) => /\/etc\/(passwd|shadow|group|nginx|ingress-controller)/.test(path),
  (path) => path.includes('/var/run/secrets'),
  (path) => path.includes('_by_lua'),
];

/** The word, and behind it, wherever, the end of a directive. */
function endsDirective(path: string, word: string): boolean {
  const start = path.indexOf(word);
  return start >= 0 && path.includes(';', start + word.length);
}

/** Why the controller, and the webhook before it, takes no part of an Ingress (`inspector.DeepInspect`); undefined: nothing of it looks like an attack. */
export function harmOf({ rules }: Ingress, { inspects }: Pick<NginxOptions, 'inspects'>): string | undefined {
  if (!inspects) return undefined;
  const paths = rules.flatMap((rule) => rule.paths);
  const harmful = paths.find(({ path }) => HARMFUL.some((test) => test(path)));
  return harmful && `the path \`${harmful.path}\` looks like an attack on the configuration (\`--deep-inspect\`)`;
}

/** The paths for which the webhook refuses an Ingress that is written, while one that is stored is served (rule B24; `inspector.ValidatePathType`). */
export function pathsRefusedOnWrite({ rules }: Ingress, { strictPaths }: Pick<NginxOptions, 'strictPaths'>): readonly PathRefusal[] {
  if (!strictPaths.isOn) return [];
  const plain = strictPaths.allowsDots ? /^\/[A-Za-z0-9._\-/]*$/ : /^\/[A-Za-z0-9_\-/]*$/;
  return rules.flatMap(({ paths }) =>
    paths.flatMap(({ path, pathType, pointer }) => {
      if (path === '' || pathType === 'ImplementationSpecific' || plain.test(path)) return [];
      const message = `the webhook of ingress-nginx refuses the Ingress when it is written: \`${path}\` of type ${pathType} is not made of letters, digits and \`${strictPaths.allowsDots ? '._-/' : '_-/'}\` alone (\`strict-validate-path-type\`); write \`pathType: ImplementationSpecific\``;
      return [{ pointer: `${pointer}/path`, message }];
    }),
  );
}
