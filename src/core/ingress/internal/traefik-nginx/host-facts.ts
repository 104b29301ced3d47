import type { Ingress } from '../../../resources/ingress.js';
import { providerAnnotations } from './provider-annotations.js';

const ANY = '';

/** What the Ingresses of a host ask for together (`build`, first pass); hosts by their name, every host by an empty text. */
export class HostFacts {
  /** Hosts that some rule names. */
  readonly named = new Set<string>();
  private readonly regex = new Set<string>();
  private readonly withRoot = new Set<string>();
  private readonly appRoots = new Map<string, Ingress>();
  private readonly serverSnippets = new Map<string, Ingress>();
  /** Who was the first to claim an alias. */
  private readonly aliases = new Map<string, Ingress>();

  add(ingress: Ingress): void {
    const annotations = providerAnnotations(ingress);
    for (const alias of annotations.list('server-alias') ?? []) {
      const name = alias.toLowerCase();
      if (!this.aliases.has(name)) this.aliases.set(name, ingress);
    }
    const asksForRegex = annotations.flag('use-regex') === true || (annotations.text('rewrite-target') ?? '') !== '';
    const hasAppRoot = (annotations.text('app-root') ?? '').startsWith('/');
    const hasSnippet = (annotations.text('server-snippet') ?? '') !== '';
    for (const { host = ANY, paths } of ingress.rules) {
      this.named.add(host);
      const hasRoot = paths.some(({ path, backend }) => backend.type === 'service' && (path === '/' || path === ''));
      if (hasRoot || ingress.defaultBackend?.type === 'service') this.withRoot.add(host);
      if (asksForRegex) this.regex.add(host);
      if (hasAppRoot && !this.appRoots.has(host)) this.appRoots.set(host, ingress);
      if (hasSnippet && !this.serverSnippets.has(host)) this.serverSnippets.set(host, ingress);
    }
  }

  /** Whether the paths of the host are expressions. */
  isRegex(host: string | undefined): boolean {
    return this.regex.has(host ?? ANY);
  }

  /** Whether some path of the host takes its root. */
  hasRoot(host: string | undefined): boolean {
    return this.withRoot.has(host ?? ANY);
  }

  /** The first Ingress of the host with an `app-root`. */
  appRootOf(host: string | undefined): Ingress | undefined {
    return this.appRoots.get(host ?? ANY);
  }

  /** The first Ingress of the host with a `server-snippet`, which counts for every path of the host. */
  serverSnippetOf(host: string | undefined): Ingress | undefined {
    return this.serverSnippets.get(host ?? ANY);
  }

  /** The aliases that an Ingress gets: none that is a host of its own, or another Ingress's (`resolveAliases`). */
  aliasesOf(ingress: Ingress): readonly string[] {
    const asked = providerAnnotations(ingress).list('server-alias') ?? [];
    return asked.filter((alias) => !this.named.has(alias.toLowerCase()) && this.aliases.get(alias.toLowerCase()) === ingress);
  }

  /** The name that `from-to-www-redirect` leads away from; undefined: it does nothing for the host (`buildFromToWwwRedirect`). */
  redirectedName(host: string | undefined): string | undefined {
    if (host === undefined || host.startsWith('*.')) return undefined;
    const other = host.startsWith('www.') ? host.slice('www.'.length) : `www.${host}`;
    return this.named.has(other) ? undefined : other;
  }
}
