import type { HttpRouter } from './http-router.js';
import { compareRouters } from './takers.js';

/** The routers that are asked behind those of one IngressRoute (`buildChildRoutersMuxer` of `pkg/server/router/router.go`). */
export class Layer {
  private readonly groups: (readonly HttpRouter[])[] = [];
  private inOrder: readonly HttpRouter[] | undefined;

  add(routers: readonly HttpRouter[]): void {
    this.groups.push(routers);
  }

  /** In the order of their muxer, known once all of them were added. */
  get routers(): readonly HttpRouter[] {
    return (this.inOrder ??= this.groups.flat().sort(compareRouters));
  }
}
