import { assertNever } from '../../kernel/assert-never.js';
import type { ServerAnswer } from '../server-answer.js';
import { zoneOf } from './falls-through.js';
import type { OpaquePlugin, Plugin, ServerBlock } from './plugin.js';
import { serveAutopath } from './serve-autopath.js';
import { serveExternal } from './serve-external.js';
import { serveForward, serveNobody } from './serve-forward.js';
import { serveHosts } from './serve-hosts.js';
import { serveKubernetes } from './serve-kubernetes.js';
import { serveLocal } from './serve-local.js';
import { serveRewrite } from './serve-rewrite.js';
import { serveZoneFiles } from './serve-zone-files.js';
import { emptyAnswer, type Next, type Serving } from './serving.js';

/** Hands a question from plugin to plugin of a block until one answers. */
export function servePlugins({ plugins }: ServerBlock, name: string, serving: Serving): ServerAnswer {
  return serveFrom(plugins, 0, name, serving);
}

function serveFrom(plugins: readonly Plugin[], position: number, name: string, serving: Serving): ServerAnswer {
  const plugin = plugins[position];
  if (!plugin) return serveNobody(name, serving);
  return serve(plugin, name, serving, (asked) => serveFrom(plugins, position + 1, asked, serving));
}

function serve(plugin: Plugin, name: string, serving: Serving, next: Next): ServerAnswer {
  switch (plugin.kind) {
    case 'rewrite':
      return serveRewrite(plugin.rules, name, next);
    case 'autopath':
      return serveAutopath(plugin, name, serving, next);
    case 'local':
      return serveLocal(plugin, name, serving, next);
    case 'hosts':
      return serveHosts(plugin, name, serving, next);
    case 'external':
      return serveExternal(plugin, name, serving, next);
    case 'kubernetes':
      return serveKubernetes(plugin.server, name, serving, next);
    case 'zone-files':
      return serveZoneFiles(plugin, name, serving, next);
    case 'forward':
      return serveForward(plugin, name, serving, next);
    case 'opaque':
      return serveOpaque(plugin, name, serving, next);
    default:
      return assertNever(plugin);
  }
}

/** A plugin that may answer, by rules that are not modelled: what the server says is not known. */
function serveOpaque({ name: plugin, line, zones, types }: OpaquePlugin, name: string, { type }: Serving, next: Next): ServerAnswer {
  if (zoneOf(zones, name.toLowerCase()) === undefined || (types && !types.includes(type))) return next(name);
  const message = `\`${plugin}\` (line ${line} of the Corefile) may answer \`${name}\`, and is not modelled`;
  return emptyAnswer(undefined, { reason: 'PLUGIN_NOT_MODELLED', message });
}
