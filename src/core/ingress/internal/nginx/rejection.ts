import type { Steps } from '../../../kernel/steps.js';
import { isBrokenInEveryEngine } from '../../../regex/parse-regex.js';
import type { Rejection } from '../dialect.js';
import { CATCH_ALL, type Location, type NginxServer } from './servers.js';

/** So many servers are looked at in one step. */
const STRETCH = 200;

const KEEPS = 'the controller keeps the last configuration that nginx took, for every host, and which that is cannot be known';

/** Why nginx refuses the configuration as a whole, and what makes it so (rule B6); undefined: it takes it. */
export function* rejection(servers: Iterable<NginxServer>): Steps<Rejection | undefined> {
  let looked = 0;
  for (const server of servers) {
    const found = ofServer(server);
    if (++looked % STRETCH === 0) yield;
    if (!found) continue;
    const { rule, ingress } = found.location ?? {};
    return { message: `${found.why}: nginx refuses the configuration, and ${KEEPS}`, ingress, pointer: rule?.pointer ?? '' };
  }
  return undefined;
}

/** What is wrong with a server, and the location that makes it so. */
interface Fault {
  readonly why: string;
  readonly location: Location | undefined;
}

function ofServer(server: NginxServer): Fault | undefined {
  const { host, locations, isRegex, wwwRedirect } = server;
  if (wwwRedirect && host.startsWith('*') && host !== CATCH_ALL) {
    return {
      why: `\`from-to-www-redirect\` on the wildcard host \`${host}\` is no name`,
      location: locations.find((one) => one.annotations?.fromToWww === true),
    };
  }
  return isRegex ? brokenPattern(server) : repeatedLocation(server);
}

/** On a host of expressions every path is one. */
function brokenPattern({ host, locations }: NginxServer): Fault | undefined {
  const location = locations.find(({ path }) => isBrokenInEveryEngine(path));
  return location && { why: `host \`${host}\` has location \`~* "^${location.path}"\`, which is no expression (PCRE)`, location };
}

function repeatedLocation({ host, locations, texts }: NginxServer): Fault | undefined {
  const location = texts.repeated === undefined ? undefined : locations[texts.repeated];
  return location && { why: `host \`${host}\` has location \`${location.exact ? '= ' : ''}${location.path}\` twice`, location };
}
