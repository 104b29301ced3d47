import { parseGoBool } from '../../../kernel/go-bool.js';
import type { RoutingObject } from '../path-rule.js';

const PREFIX = 'nginx.ingress.kubernetes.io/';

/** What `parser.BasicCharsRegex` of the controller lets through. */
export const BASIC = /^[-._~a-zA-Z0-9/:]*$/;
/** `parser.IsValidRegex`: what an expression may be made of. */
export const EXPRESSION = /^[-._~a-zA-Z0-9/:^$[\](){}*+?|&=\\]*$/;
/** `parser.URLIsValidRegex`. */
export const URL_TEXT = /^[-._~a-zA-Z0-9/:,?&=]*$/;
/** `parser.URLWithNginxVariableRegex`. */
export const URL_WITH_VARIABLES = /^[-._~a-zA-Z0-9/:, ?&=$]*$/;
/** `parser.RegexPathWithCapture`. */
export const PATH_WITH_GROUPS = /^[-._~a-zA-Z0-9/:$]*$/;
/** `parser.CharsWithSpace`. */
export const CHARACTERS_WITH_SPACE = /^[-._~a-zA-Z0-9/: ]*$/;
/** `parser.ExtendedCharsRegex`. */
export const EXTENDED = /^[-._~a-zA-Z0-9/:, ]*$/;

/** The pointer to an annotation by its short name. */
export function annotationPointer(name: string): string {
  return `/metadata/annotations/${`${PREFIX}${name}`.replaceAll('/', '~1')}`;
}

/** The annotations of ingress-nginx on an Ingress, by their short names. Empty and what the controller's validators refuse counts as absent. */
export class AnnotationReader {
  private readonly own = new Map<string, string>();

  constructor({ annotations }: RoutingObject) {
    for (const name of Object.keys(annotations))
      if (name.startsWith(PREFIX)) this.own.set(name.slice(PREFIX.length), annotations[name] ?? '');
  }

  /** There are none, as on most Ingresses. */
  get isSilent(): boolean {
    return this.own.size === 0;
  }

  /** Whether it is there, whatever it says. */
  has(name: string): boolean {
    return this.own.has(name);
  }

  /** As it is written; empty: it is not there. */
  raw(name: string): string {
    return this.own.get(name) ?? '';
  }

  /** Without the space around it; `valid` is the validator, which does not look at spaces. */
  text(name: string, valid?: RegExp): string {
    const text = this.raw(name).trim();
    return valid?.test(text.replaceAll(' ', '')) === false ? '' : text;
  }

  flag(name: string): boolean {
    return this.choice(name) === true;
  }

  /** As Go's `strconv.ParseBool` reads it, which takes no spaces; undefined: what the controller is set to. */
  choice(name: string): boolean | undefined {
    return parseGoBool(this.raw(name));
  }

  integer(name: string, otherwise: number): number {
    const text = this.text(name);
    return /^[-+]?\d{1,9}$/.test(text) ? Number(text) : otherwise;
  }

  /** Items between commas. */
  list(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** A list of addresses, under the first of its names that says something. What is empty stays in it, as an item that is none: the controller denies a location for it. */
  ranges(name: string, alias = name): readonly string[] {
    const text = this.text(name) || this.text(alias);
    return text === '' && !this.has(name) ? [] : text.split(',').map((item) => item.trim());
  }

  /** Those of the names that are set. */
  present(names: readonly string[]): readonly string[] {
    return names.filter((name) => this.text(name) !== '');
  }
}
