import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { NetworkAttachmentDefinition } from './network-attachment-definition.js';

/** Reads a NetworkAttachmentDefinition (k8snetworkplumbingwg/network-attachment-definition-client `pkg/apis/k8s.cni.cncf.io/v1/types.go`). */
export function normaliseNetworkAttachmentDefinition(root: ObjectReader, ref: ObjectRef): NetworkAttachmentDefinition {
  return { ...readResource(root, ref), kind: 'NetworkAttachmentDefinition', config: root.object('spec')?.filledText('config') };
}
