import type { AnnotationReader } from './annotation-reader.js';

/** What pages of other origins may do, as an Ingress allows it (`annotations/cors/main.go`). */
export interface AskedCors {
  /** `*` alone: any. None: nobody, as all that were named are refused. */
  readonly origins: readonly string[];
  readonly methods: string;
  readonly headers: string;
  readonly credentials: boolean;
  /** Empty: none. */
  readonly exposed: string;
  /** Seconds. */
  readonly maxAge: number;
}

const METHODS = 'GET, PUT, POST, DELETE, PATCH, OPTIONS';
const HEADERS = 'DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization';

/** `corsOriginRegexValidator`, for a whole list without spaces: anything of these in any order, or `*` alone. */
const ORIGINS = /^(?:(?:(?<=[a-z]):\/\/|\*\.|[A-Za-z0-9.-]|:\d|,)*|\*)$/;
/** `corsOriginRegex`, for one item. */
const ORIGIN = /^(?:[a-z]+:\/\/(?:\*\.)?[A-Za-z0-9\-.]*(?::\d+)?|null)$/;
/** `corsMethodsRegex`: words with a comma or one space between them, or both. */
const METHOD_LIST = /^[A-Za-z]+(?:(?:,\s?|\s)[A-Za-z]+)*(?:,\s?|\s)?$/;
/** `corsExposeHeadersRegex`. */
const EXPOSED_LIST = /^[\w*-]+(?:(?:,\s?|\s)[\w*-]+)*(?:,\s?|\s)?$/;
/** `parser.HeadersVariable`. */
const HEADER_LIST = /^[A-Za-z0-9\-_, ]+$/;

/** Reads `enable-cors` and what belongs to it. What the controller's validators refuse counts as not said. */
export function askedCors(reader: AnnotationReader): AskedCors | undefined {
  if (!reader.flag('enable-cors')) return undefined;
  const list = (name: string, valid: RegExp, otherwise: string) => {
    const text = reader.text(name);
    return valid.test(text) ? text : otherwise;
  };
  return {
    origins: originsOf(reader.text('cors-allow-origin', ORIGINS)),
    methods: list('cors-allow-methods', METHOD_LIST, METHODS),
    headers: list('cors-allow-headers', HEADER_LIST, HEADERS),
    credentials: reader.choice('cors-allow-credentials') ?? true,
    exposed: list('cors-expose-headers', EXPOSED_LIST, ''),
    maxAge: reader.integer('cors-max-age', 1_728_000),
  };
}

function originsOf(text: string): readonly string[] {
  if (text === '') return ['*'];
  const items = text.split(',').map((item) => item.trim());
  return items.includes('*') ? ['*'] : items.filter((item) => ORIGIN.test(item));
}
