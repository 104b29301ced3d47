import type { Direction } from './direction.js';
import { hostGates } from './host-gates.js';
import type { GateAt, LayerAt, SubjectEndpoint } from './layer.js';
import { layersAt } from './layers-at.js';
import type { PolicyBook } from './policy-book.js';

/** The gates of an endpoint in one direction, in the order in which packets pass them; one that decides nothing may be missing. */
export function gatesAt(book: PolicyBook, direction: Direction, subject: SubjectEndpoint): readonly GateAt[] {
  const known = book.memory?.of(subject);
  return known ? (known.gates[direction] ??= findGates(book, direction, subject)) : findGates(book, direction, subject);
}

function findGates(book: PolicyBook, direction: Direction, subject: SubjectEndpoint): readonly GateAt[] {
  const own = gateOf(layersAt(book, direction, subject));
  return book.calico ? hostGates(book, book.calico, direction, subject, own) : own;
}

function gateOf(layers: readonly LayerAt[]): readonly GateAt[] {
  return layers.length === 0 ? [] : [{ layers, whose: 'everybody', turned: false }];
}
