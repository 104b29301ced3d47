import { ResolveField, Resolver } from '@nestjs/graphql';
import { nodeId } from '../graphql/node-id.js';
import type { StoredObjectView } from './stored-object-view.js';

/** An object in its native shape. */
@Resolver('KubernetesObject')
export class KubernetesObjectResolver {
  @ResolveField()
  id({ __typename, at, stored: { kind, namespace, name, group } }: StoredObjectView): string {
    return nodeId(__typename, at.cluster.name, at.revision, kind, namespace, name, group);
  }

  @ResolveField()
  apiVersion({ stored }: StoredObjectView): unknown {
    return manifestOf(stored)['apiVersion'];
  }

  @ResolveField()
  manifest({ stored }: StoredObjectView): unknown {
    return manifestOf(stored);
  }
}

/** What is stored is an object's JSON text. */
function manifestOf({ body }: StoredObjectView['stored']): Readonly<Record<string, unknown>> {
  const manifest: Readonly<Record<string, unknown>> = JSON.parse(body);
  return manifest;
}
