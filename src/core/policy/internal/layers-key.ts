import type { AnyPolicy, LayerAt, LayerRule } from './layer.js';

/** Names the layers of an endpoint: equal for endpoints under the same policies and rules, as long as one naming is used. */
export class LayersKey {
  private readonly ids = new Map<AnyPolicy | LayerRule, number>();

  of(layers: readonly LayerAt[]): string {
    const texts = layers.map(({ layer, end, policies, rules }) => {
      return `${layer} ${end} ${policies.map(({ policy }) => this.idOf(policy)).join()} ${rules.map((rule) => this.idOf(rule)).join()}`;
    });
    return texts.join('\n');
  }

  private idOf(one: AnyPolicy | LayerRule): number {
    const id = this.ids.get(one) ?? this.ids.size;
    this.ids.set(one, id);
    return id;
  }
}
