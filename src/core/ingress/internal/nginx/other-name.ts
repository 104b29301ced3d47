import { CATCH_ALL, type NginxServer } from './servers.js';

/** The name with or without `www.` that `from-to-www-redirect` sends to the host, if the server asks for it. */
export function redirectedName({ host, wwwRedirect }: NginxServer): readonly string[] {
  if (!wwwRedirect || host === CATCH_ALL) return [];
  return [host.startsWith('www.') ? host.slice(4) : `www.${host}`];
}
