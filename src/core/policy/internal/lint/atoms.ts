import { ClassFinder } from '../class-finder.js';
import { eachClass } from '../class-set.js';
import type { LayerRule } from '../layer.js';
import { canMeet } from '../policy-endpoint.js';
import type { EndpointClass } from '../policy-index.js';
import type { Population } from './population.js';

/** Classes that every rule of a list treats alike, by one of them. */
export interface Atom {
  readonly other: EndpointClass;
  /** The keys of the peers that match it. */
  readonly admitted: ReadonlySet<string>;
}

/** How many divisions are remembered: neighbours in a namespace are divided alike. */
const REMEMBERED = 256;

/**
 * Divides everybody into those that the rules' peers tell apart. The work follows the number of classes that some peer matches, not all of them; all the others
 * are one atom.
 */
export class Atoms {
  private readonly matched = new Map<string, readonly EndpointClass[]>();
  private readonly divided = new Map<string, readonly Atom[]>();
  private readonly portTexts = new Map<object, string>();

  private readonly finder: ClassFinder;

  constructor(private readonly population: Population) {
    this.finder = new ClassFinder(population.classes);
  }

  /** The atoms that a class of these families can meet. `byPorts`: the other side is the destination of rules that name ports. */
  of(rules: readonly LayerRule[], families: number, byPorts: boolean): readonly Atom[] {
    const byKey = new Map(rules.map((rule) => [rule.peersKey, rule]));
    const key = JSON.stringify([families, byPorts, ...byKey.keys()]);
    const known = this.divided.get(key);
    if (known) return known;
    const found = this.divide(byKey, families, byPorts);
    if (this.divided.size >= REMEMBERED) this.divided.clear();
    this.divided.set(key, found);
    return found;
  }

  /** The classes that the rule's peers match. */
  matching(rule: LayerRule): readonly EndpointClass[] {
    const known = this.matched.get(rule.peersKey);
    if (known) return known;
    const found: EndpointClass[] = [];
    eachClass(this.finder.admittedBy(rule), (position) => {
      const one = this.population.classes[position];
      if (one) found.push(one);
    });
    this.matched.set(rule.peersKey, found);
    return found;
  }

  private divide(byKey: ReadonlyMap<string, LayerRule>, families: number, byPorts: boolean): readonly Atom[] {
    const { classes } = this.population;
    const keys = [...byKey.keys()];
    const everywhere: string[] = [];
    const signs = new Map<EndpointClass, number[]>();
    for (const [position, rule] of [...byKey.values()].entries()) {
      const matching = this.matching(rule);
      // What matches everybody tells nobody apart.
      if (matching.length === classes.length) everywhere.push(rule.peersKey);
      else
        for (const one of matching) {
          const sign = signs.get(one);
          if (sign) sign.push(position);
          else signs.set(one, [position]);
        }
    }
    const atoms = new Map<string, Atom>();
    const add = (one: EndpointClass, sign: readonly number[]) => {
      if (!canMeet(families, one.families)) return;
      const text = `${sign.join()} ${byPorts ? this.portText(one) : ''}`;
      if (!atoms.has(text))
        atoms.set(text, { other: one, admitted: new Set([...everywhere, ...sign.map((position) => keys[position] ?? '')]) });
    };
    for (const [one, sign] of signs) add(one, sign);
    const others = byPorts ? classes.filter((one) => !signs.has(one)) : [firstOther(classes, signs, families)];
    for (const one of others) if (one) add(one, []);
    return [...atoms.values()];
  }

  private portText({ endpoint }: EndpointClass): string {
    if (endpoint.kind !== 'pod') return '';
    let text = this.portTexts.get(endpoint.ports);
    if (text === undefined) {
      text = JSON.stringify(endpoint.ports.map(({ name, protocol, containerPort }) => [name, protocol, containerPort]));
      this.portTexts.set(endpoint.ports, text);
    }
    return text;
  }
}

function firstOther(
  classes: readonly EndpointClass[],
  signs: ReadonlyMap<EndpointClass, unknown>,
  families: number,
): EndpointClass | undefined {
  return classes.find((one) => !signs.has(one) && canMeet(families, one.families));
}
