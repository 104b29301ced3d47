import type { Resource } from './resource.js';

/** A further network of pods (`k8s.cni.cncf.io`), or the first one of all where Multus is told so. */
export interface NetworkAttachmentDefinition extends Resource {
  readonly kind: 'NetworkAttachmentDefinition';
  /** The text of its CNI configuration; undefined: it stands in a file of the nodes. */
  readonly config: string | undefined;
}
