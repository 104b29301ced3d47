import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { JudgedRule } from '../dialect.js';
import { type PathRule, pathRule, type RoutingObject } from '../path-rule.js';
import { hostCovers, type RequestHost } from '../request-host.js';
import { AnnotationReader } from './annotation-reader.js';
import { riskierThan } from './annotation-risks.js';
import { refusedValue } from './annotation-values.js';
import type { Context } from './context.js';
import { harmOf } from './inspection.js';
import type { NginxOptions } from './options.js';

/** So many Ingresses are read in one step. */
const STRETCH = 200;

const SO = 'the controller takes no part of the Ingress (where it took an earlier state of it, it keeps that until it starts anew)';

/** Ingresses that the controller makes nothing of, and why: a path looks like an attack, an annotation is too risky, or its value is refused (`annotations.go`, `Extract`; `store.go`, the handler of Ingresses and `syncIngress`). */
export class Refusals {
  private readonly refused: readonly Ingress[];

  private constructor(
    ingresses: readonly Ingress[],
    private readonly why: ReadonlyMap<RoutingObject, string>,
  ) {
    this.refused = ingresses.filter((ingress) => this.why.has(ingress));
  }

  static *find(model: NetworkModel, ingresses: readonly Ingress[], options: NginxOptions): Steps<Refusals> {
    const why = new Map<RoutingObject, string>();
    const risky = options.riskLevel === undefined ? [] : riskierThan(options.riskLevel);
    yield* forEachInSteps(ingresses, STRETCH, (ingress) => {
      const message =
        harmText(ingress, options) ??
        tooRisky(ingress, risky, options) ??
        (options.validatesAnnotations ? refusedText({ model, options }, ingress) : undefined);
      if (message !== undefined) why.set(ingress, message);
    });
    return new Refusals(ingresses, why);
  }

  has(ingress: Ingress): boolean {
    return this.why.has(ingress);
  }

  /** How a path of such an Ingress fares; undefined for those of others. */
  of(rule: PathRule): JudgedRule | undefined {
    const message = this.why.get(rule.ingress);
    if (message === undefined) return undefined;
    return { rule, outcome: 'excluded', reason: 'INGRESS_REFUSED', key: null, own: null, other: null, message };
  }

  /** Their paths for a host. */
  judged({ name }: RequestHost): readonly JudgedRule[] {
    return this.refused.flatMap((ingress) => {
      const rules = ingress.rules.filter(({ host }) => host === undefined || hostCovers(host, name));
      return rules.flatMap(({ host, paths }) => paths.flatMap((path) => this.of(pathRule(ingress, host, path, undefined)) ?? []));
    });
  }
}

function harmText(ingress: Ingress, options: NginxOptions): string | undefined {
  const harm = harmOf(ingress, options);
  return harm && `${harm}: ${SO}`;
}

function tooRisky(ingress: Ingress, risky: ReturnType<typeof riskierThan>, { riskLevel }: NginxOptions): string | undefined {
  const reader = new AnnotationReader(ingress);
  const found = risky.find(([name]) => reader.has(name));
  if (!found) return undefined;
  const [name, level] = found;
  return `\`${name}\` is of risk ${level}, and \`annotations-risk-level\` lets ${riskLevel} through: ${SO}`;
}

function refusedText(context: Pick<Context, 'model' | 'options'>, ingress: Ingress): string | undefined {
  const found = refusedValue(context, ingress);
  return found && `\`${found.name}\` is ${found.expects}, not \`${found.value}\`: ${SO}`;
}
