import { compareRouters, type Prioritised } from './takers.js';

/** The routers that are asked behind those of one IngressRoute (`buildChildRoutersMuxer` of `pkg/server/router/router.go`). */
export class Layer<Router extends Prioritised> {
  private readonly groups: (readonly Router[])[] = [];
  private inOrder: readonly Router[] | undefined;

  add(routers: readonly Router[]): void {
    this.groups.push(routers);
  }

  /** In the order of their muxer, known once all of them were added. */
  get routers(): readonly Router[] {
    return (this.inOrder ??= this.groups.flat().sort(compareRouters));
  }
}
