import { assertNever } from '../../kernel/assert-never.js';
import { formatCidr } from '../../net/cidr.js';
import { formatIp } from '../../net/ip.js';
import { formatSelector } from '../../resources/label-selector.js';
import type { EndpointSelector } from '../endpoint-selector.js';
import { wordOfKind } from './selector-words.js';

/** The canonical spelling: parsing it gives the selector again. */
export function selectorText(selector: EndpointSelector): string {
  switch (selector.type) {
    case 'pod':
      return `pod/${selector.namespace}/${selector.name}`;
    case 'workload':
      return `${wordOfKind(selector.kind)}/${selector.namespace}/${selector.name}`;
    case 'service':
      return `svc/${selector.namespace}/${selector.name}${selector.port === undefined ? '' : `:${selector.port}`}`;
    case 'node':
      return `node/${selector.name}`;
    case 'namespace':
      return `ns/${selector.name}`;
    case 'ip':
      return `ip/${formatIp(selector.ip)}`;
    case 'cidr':
      return `cidr/${formatCidr(selector.cidr)}`;
    case 'dns':
      return `dns/${selector.name}`;
    case 'url':
      return `url/${selector.url}`;
    case 'label':
      return `label:${formatSelector(selector.selector)}@${selector.namespace ?? '*'}`;
    case 'internet':
    case 'any':
      return selector.type;
    default:
      return assertNever(selector);
  }
}
