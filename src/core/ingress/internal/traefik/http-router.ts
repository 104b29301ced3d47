import type { PathRule, RoutingObject } from '../path-rule.js';
import { type CompiledRule, compileRule, rulePriority } from '../../../traefik-rule/compile-rule.js';
import type { Result } from '../../../kernel/result.js';
import type { RuleFault } from '../../../traefik-rule/rule-node.js';
import type { RuleSyntax } from '../../../traefik-rule/rule-syntax.js';

/** A middleware that a router names. */
export interface MiddlewareUse {
  readonly pointer: string;
  /** `namespace/name`, or the text as it is written where that names none. */
  readonly name: string;
}

/** A Service, or a TraefikService, that a router or another one sends requests to. */
export interface ServiceUse {
  readonly pointer: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** By number or name; undefined: the Service has one only, or it is no Service. */
  readonly port: number | string | undefined;
  readonly weight: number;
  /** Undefined: as the Service's annotations say. */
  readonly passHostHeader: boolean | undefined;
}

/** What a router is made of. */
export interface RouterParts {
  /** Where it stands, as answers show it. */
  readonly rule: PathRule;
  readonly text: string;
  readonly syntax: RuleSyntax;
  /** 0: the length of the rule. */
  readonly priority: number;
  /** Empty: every entry point. */
  readonly entryPoints: readonly string[];
  readonly tls: boolean;
  readonly middlewares: readonly MiddlewareUse[];
  readonly services: readonly ServiceUse[];
  /** Why Traefik makes no router of it, whatever else there is. */
  readonly fault: string | undefined;
}

/** A router of Traefik's HTTP muxer. Its rule is compiled when a request first comes to it. */
export class HttpRouter {
  readonly priority: number;
  private rule: Result<CompiledRule, RuleFault> | undefined;

  constructor(readonly parts: RouterParts) {
    this.priority = parts.priority === 0 ? rulePriority(parts.text) : parts.priority;
  }

  get holder(): RoutingObject {
    return this.parts.rule.ingress;
  }

  get compiled(): Result<CompiledRule, RuleFault> {
    return (this.rule ??= compileRule(this.parts.text, this.parts.syntax));
  }
}
