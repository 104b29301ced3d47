import { CATCH_ALL, type NginxServer } from './servers.js';

const KEEPS = 'the controller keeps the last configuration that nginx took, for every host, and which that is cannot be known';

/** Why nginx refuses the configuration as a whole (rule B6); undefined: it takes it. */
export function rejection(servers: Iterable<NginxServer>): string | undefined {
  for (const server of servers) {
    const seen = new Set<string>();
    for (const { path, exact } of server.isRegex ? [] : server.locations) {
      const text = exact ? `= ${path}` : path;
      if (seen.has(text)) return `host \`${server.host}\` has location \`${text}\` twice: nginx refuses the configuration, and ${KEEPS}`;
      seen.add(text);
    }
    if (server.wwwRedirect && server.host.startsWith('*') && server.host !== CATCH_ALL) {
      return `\`from-to-www-redirect\` on the wildcard host \`${server.host}\` is no name: nginx refuses the configuration, and ${KEEPS}`;
    }
  }
  return undefined;
}
