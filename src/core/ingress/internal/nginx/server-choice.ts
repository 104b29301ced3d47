import type { RequestHost } from '../request-host.js';
import { matchPattern } from './patterns.js';
import { redirectedName } from './other-name.js';
import { CATCH_ALL, type NginxServer } from './servers.js';

/** Which server takes a host: one that serves it, or one that only redirects to the name with or without `www.`. */
export type ServerChoice =
  | { readonly type: 'server'; readonly server: NginxServer; readonly by: 'precise' | 'wildcard' | 'any' }
  | { readonly type: 'www'; readonly server: NginxServer }
  | { readonly type: 'unsupported'; readonly pattern: string };

/** Servers by the names they answer to, in nginx's order: exact names, wildcard names, expressions, the catch-all (rules B3, B15, B16). */
export class ServerNames {
  private readonly exact = new Map<string, NginxServer>();
  private readonly www = new Map<string, NginxServer>();
  private readonly wildcards: (readonly [suffix: string, server: NginxServer])[] = [];
  private readonly patterns: (readonly [pattern: string, server: NginxServer])[] = [];

  constructor(private readonly servers: ReadonlyMap<string, NginxServer>) {
    const ordered = [...servers.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
    for (const server of ordered) {
      for (const other of redirectedName(server)) if (!servers.has(other) && !this.www.has(other)) this.www.set(other, server);
    }
    for (const server of ordered) for (const name of [server.host, ...server.aliases]) this.add(name, server);
    this.wildcards.sort(([a], [b]) => b.length - a.length);
  }

  /** The server for every other host. */
  get catchAll(): NginxServer | undefined {
    return this.servers.get(CATCH_ALL);
  }

  private add(name: string, server: NginxServer): void {
    if (name.startsWith('~')) this.patterns.push([name.slice(1), server]);
    else if (name.startsWith('*.') && name === server.host)
      this.patterns.push([`^([\\w-]+)${name.slice(1).replaceAll('.', '\\.')}$`, server]);
    else if (name.startsWith('*.')) this.wildcards.push([name.slice(1).toLowerCase(), server]);
    else if (name !== CATCH_ALL && !this.isTaken(name.toLowerCase())) this.exact.set(name.toLowerCase(), server);
  }

  /** Of two servers of one name the first counts (`ngx_http_server_names`), and those that only redirect stand first (`nginx.tmpl`, `.RedirectServers`): an alias does not keep them off. */
  private isTaken(name: string): boolean {
    return this.exact.has(name) || this.www.has(name);
  }

  choose({ name }: RequestHost): ServerChoice | undefined {
    const exact = this.exact.get(name);
    if (exact) return { type: 'server', server: exact, by: 'precise' };
    const www = this.www.get(name);
    if (www) return { type: 'www', server: www };
    const wild = this.wildcards.find(([suffix]) => name.length > suffix.length && name.endsWith(suffix));
    if (wild) return { type: 'server', server: wild[1], by: 'wildcard' };
    for (const [pattern, server] of this.patterns) {
      const match = matchPattern(pattern, name, false);
      if (match === 'unsupported') return { type: 'unsupported', pattern };
      if (match !== 'no-match') return { type: 'server', server, by: 'wildcard' };
    }
    const rest = this.catchAll;
    return rest && { type: 'server', server: rest, by: 'any' };
  }
}
