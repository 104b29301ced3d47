import type { NetworkModel } from '../../../model/network-model.js';
import type { Trust } from './forwarded-headers.js';

/** What the profile tells of a controller. */
export type EntryPointSettings = NetworkModel['profile']['ingress']['controllers'][number]['options'];

/** A redirection of all that comes to an entry point (`entryPoints.*.http.redirections.entryPoint`, `RedirectEntryPoint` of `pkg/config/static/entrypoints.go`). */
export interface Redirection {
  readonly entryPoint: string;
  /** Of its middleware. */
  readonly name: string;
  readonly scheme: string;
  /** Empty: that of the scheme. */
  readonly port: string;
  readonly permanent: boolean;
  readonly priority: number;
}

/** `math.MaxInt - 1`: before every router of users. */
const BEFORE_ALL = 2 ** 63;

/** The redirection of an entry point, where it is told one. */
export function redirectionAt(entryPoint: string, told: EntryPointSettings): Redirection | undefined {
  const setting = (name: string) => told[`entryPoints.${entryPoint}.http.redirections.entryPoint.${name}`];
  const to = String(setting('to') ?? '');
  if (to === '') return undefined;
  const scheme = setting('scheme');
  const priority = Number(setting('priority'));
  return {
    entryPoint,
    name: `redirect-${entryPoint}-to-${to.replace(/^:/, '')}@internal`,
    scheme: typeof scheme === 'string' && scheme !== '' ? scheme : 'https',
    port: /^:(\d+)$/.exec(to)?.[1] ?? portOf(to, told),
    permanent: setting('permanent') !== false,
    priority: Number.isSafeInteger(priority) ? priority : BEFORE_ALL,
  };
}

/** `getEntryPointPort`: that of the address at which the other entry point listens, which is not always the one that clients connect to. */
function portOf(entryPoint: string, told: EntryPointSettings): string {
  return /:(\d+)(?:\/tcp)?$/.exec(String(told[`entryPoints.${entryPoint}.address`] ?? ''))?.[1] ?? '';
}

/** Whom an entry point believes about proxies in front of it. */
export function trustAt(entryPoint: string, told: EntryPointSettings): Trust {
  const prefix = `entryPoints.${entryPoint}.forwardedHeaders`;
  return { insecure: told[`${prefix}.insecure`] === true, trustedIPs: namesOf(told[`${prefix}.trustedIPs`]) ?? [] };
}

/** Told as Traefik's command line has it, `shop,ops`; an empty list allows nobody. */
export function namesOf(told: string | boolean | number | undefined): readonly string[] | undefined {
  if (typeof told !== 'string') return undefined;
  return told
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
