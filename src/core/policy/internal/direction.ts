/** `egress`: the source's policies decide; `ingress`: the destination's do. */
export type Direction = 'egress' | 'ingress';

/** In the order in which a packet meets them. */
export const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];

/** The other one. */
export function opposite(direction: Direction): Direction {
  return direction === 'egress' ? 'ingress' : 'egress';
}
