import type { Note } from '../kernel/answer.js';
import type { NetworkModel } from '../model/network-model.js';
import { CARRIERS, modeNamed } from './carriers.js';

/** The mode of the cluster's plugin, as the table of carriers calls it. */
export interface ClusterMode {
  readonly mode: string;
  /** The profile tells none, or none that is known: the plugin's usual one is taken. */
  readonly assumed: Note | undefined;
}

/** How the cluster's plugin brings packets from node to node. */
export function clusterMode({ profile: { cni } }: NetworkModel): ClusterMode {
  const told = cni.mode === undefined ? undefined : modeNamed(cni.plugin, cni.mode);
  if (told !== undefined) return { mode: told, assumed: undefined };
  const { usual: mode, modes } = CARRIERS[cni.plugin];
  // Of a plugin that has one mode none has to be told.
  if (cni.mode === undefined && cni.plugin !== 'unknown' && Object.keys(modes).length === 1) return { mode, assumed: undefined };
  const why = cni.mode === undefined ? 'nothing tells the mode' : `\`${cni.mode}\` is no mode that is known`;
  const what = cni.plugin === 'unknown' ? 'nothing tells the plugin' : `${why} of ${cni.plugin}`;
  const setting = cni.plugin === 'unknown' ? 'cni.plugin' : 'cni.mode';
  const message = `${what}: \`${mode}\` is assumed; set \`${setting}\``;
  return { mode, assumed: { code: 'CARRIER_ASSUMED', message } };
}
