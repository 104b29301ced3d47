import type { AnnotationReader } from './annotation-reader.js';

/** Errors of a location whose pages another Service writes, as its Ingress asks for it (`annotations/customhttperrors`, `defaultbackend`, `disableproxyintercepterrors`). */
export interface AskedErrorPages {
  /** Empty: those that the controller is set to. */
  readonly statuses: readonly number[];
  /** The answers of the backend are left as they are. */
  readonly leavesBackend: boolean;
  /** The Service beside the Ingress that stands in for a backend without endpoints, and writes the pages; empty: none. */
  readonly service: string;
}

/** Reads `custom-http-errors` and what belongs to it. A list with a blank or an empty item in it counts for nothing: `strconv.Atoi` reads neither. */
export function askedErrorPages(reader: AnnotationReader): AskedErrorPages {
  const items = reader.text('custom-http-errors', /^(?:[45]\d{2},?)*$/).split(',');
  const isOff = reader.choice('enable-custom-http-errors') === false;
  return {
    statuses: isOff || !items.every((item) => /^\d+$/.test(item)) ? [] : items.map(Number),
    leavesBackend: reader.flag('disable-proxy-intercept-errors'),
    service: reader.text('default-backend'),
  };
}
