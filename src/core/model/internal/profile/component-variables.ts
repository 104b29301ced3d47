import type { ResourceIndex } from '../resource-index.js';
import type { PlacedComponent } from './network-traces.js';

/**
 * Values that stand in the container, those of keys of ConfigMaps, as of the MTUs in Calico's own manifests, and those of whole ConfigMaps: "Values defined by an Env with a duplicate key will take
 * precedence" (kubernetes `staging/src/k8s.io/api/core/v1/types.go`, Container).
 */
export function variablesOf(
  { environment, configMapKeys, environmentFrom, object }: PlacedComponent,
  { configMaps }: ResourceIndex,
): Record<string, string> {
  const dataOf = (name: string) => configMaps.get(`${object.namespace ?? ''}/${name}`)?.data ?? {};
  const whole = environmentFrom.flatMap(({ configMap, prefix }) =>
    Object.entries(dataOf(configMap)).map(([key, text]) => [`${prefix}${key}`, text] as const),
  );
  const referred = [...configMapKeys].flatMap(([name, { configMap, key }]) => {
    const text = dataOf(configMap)[key];
    return text === undefined ? [] : [[name, text] as const];
  });
  return { ...Object.fromEntries([...whole, ...referred]), ...environment };
}
