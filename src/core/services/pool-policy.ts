import type { ModelService } from '../model/network-model.js';
import type { PoolPolicy } from './endpoint-pools.js';
import { outsideAddresses } from './internal/service-index.js';

/** Which pools the packets of a service use, as its traffic policies say (kubernetes `pkg/proxy/serviceport.go`). */
export function poolPolicyOf(service: ModelService): PoolPolicy {
  const { internalTrafficPolicy, externalTrafficPolicy } = service.resource;
  return {
    internalLocal: internalTrafficPolicy === 'Local',
    externalLocal: externalTrafficPolicy === 'Local',
    externallyAccessible: service.nodePorts.some((port) => port !== undefined) || outsideAddresses(service).length > 0,
  };
}
