import { isJsonObject, type JsonObject } from '../core/kernel/json.js';

/** Kinds that make pods. A hook of such a kind runs during `helm install` and the like, never as part of the application. */
const POD_MAKERS = new Set(['Pod', 'Job', 'CronJob', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController']);
/** Events that leave something behind in a running cluster. */
const STANDING_EVENTS = new Set(['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'crd-install']);

/**
 * Why an object is a Helm hook that is no part of the running cluster; undefined for all others. A policy or a ConfigMap that an install hook
 * creates stays in the cluster and is kept (helm.sh/docs/topics/charts_hooks), unless Helm deletes it once it succeeded.
 */
export function transientHook(kind: string, metadata: JsonObject): string | undefined {
  const annotations = metadata['annotations'];
  const hook = isJsonObject(annotations) ? annotations['helm.sh/hook'] : undefined;
  if (typeof hook !== 'string' || !isJsonObject(annotations)) return undefined;
  const events = hook.split(',').map((event) => event.trim());
  const deletePolicy = annotations['helm.sh/hook-delete-policy'];
  const deleted = typeof deletePolicy === 'string' && deletePolicy.split(',').some((policy) => policy.trim() === 'hook-succeeded');
  const stands = !POD_MAKERS.has(kind) && !deleted && events.some((event) => STANDING_EVENTS.has(event));
  return stands ? undefined : `a Helm hook (\`${hook}\`) is no part of the running cluster`;
}
