import type { AnyPolicy } from '../layer.js';
import type { PolicyBook } from '../policy-book.js';

/** The book as if some policies were not there. */
export function bookWithout(book: PolicyBook, goes: (policy: AnyPolicy) => boolean): PolicyBook {
  return {
    cilium: book.cilium,
    calico: book.calico,
    settings: book.settings,
    layers: undefined,
    gates: undefined,
    policiesIn: (namespace) => book.policiesIn(namespace),
    selecting: (api, subject) => book.selecting(api, subject).filter((policy) => !goes(policy)),
    selectingHost: (host) => book.selectingHost(host).filter((policy) => !goes(policy)),
    mayAdmit: (namespace, direction, other) => book.mayAdmit(namespace, direction, other),
  };
}
