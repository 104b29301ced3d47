import type { MutantsOfFile } from '../mutant.js';

const I = 'src/core/ingress';
const SPECS = [
  `${I}/route-class-controllers.spec.ts`,
  `${I}/route-class.spec.ts`,
  `${I}/class-of-ingress.spec.ts`,
  `${I}/divergences.spec.ts`,
  `${I}/ingress-vectors.spec.ts`,
];

/** Which Ingresses the controller of a class takes (rules A1, B2, T6; divergence D8). */
export const CLASS_MEMBERS: readonly MutantsOfFile[] = [
  {
    file: `${I}/internal/class-takes.ts`,
    specs: SPECS,
    mutants: [
      { breaks: 'D8: by the specification the annotation', from: "'ingress-v1': 'annotation'", to: "'ingress-v1': 'field'" },
      { breaks: 'D8: by NGINX Inc. the annotation', from: "'nginx-f5': 'annotation'", to: "'nginx-f5': 'field'" },
      { breaks: 'B2: the field goes before the annotation', from: "'ingress-nginx': 'field'", to: "'ingress-nginx': 'annotation'" },
      { breaks: 'T6: the field goes before the annotation', from: "traefik: 'field'", to: "traefik: 'annotation'" },
      {
        breaks: 'B2: the annotation alone is `nginx`',
        from: "const NGINX_ANNOTATION = 'nginx'",
        to: "const NGINX_ANNOTATION = 'ingress-nginx'",
      },
      { breaks: 'B2: `--ingress-class`', from: 'textOf(options[names.annotation]) ?? otherwise', to: 'otherwise' },
      { breaks: 'B2: `--watch-ingress-without-class`', from: 'classless: isOn(options[names.classless])', to: 'classless: false' },
      { breaks: 'B2: without the flag none without a class', from: 'classless: isOn(options[names.classless])', to: 'classless: true' },
      {
        breaks: 'T6: the annotation `traefik`',
        from: "annotations: ['', TRAEFIK_ANNOTATION], classless",
        to: "annotations: [''], classless",
      },
      {
        breaks: 'T6: without a class of its own those without class',
        from: 'classless: true, watches };',
        to: 'classless: false, watches };',
      },
      { breaks: 'T6: a class that is set', from: 'if (named !== undefined) return', to: 'if (named === undefined && false) return' },
    ],
  },
  {
    file: `${I}/internal/class-members.ts`,
    specs: SPECS,
    mutants: [
      {
        breaks: 'D8: who takes the field first falls back on the annotation',
        from: "return annotation === undefined ? { by: 'none' } : { by: 'annotation', value: annotation };",
        to: "return { by: 'none' };",
      },
      {
        breaks: 'A1: the annotation wins where both are set',
        from: "if (annotation !== undefined && annotation !== '') return { by: 'annotation', value: annotation };",
        to: '',
      },
      {
        breaks: 'A1: an empty annotation names nothing',
        from: "annotation !== undefined && annotation !== ''",
        to: 'annotation !== undefined',
      },
      { breaks: 'A2: stored objects are not defaulted', from: 'created ? undefined : classSetAtCreation', to: 'classSetAtCreation' },
      {
        breaks: 'A2: what is still to be created is',
        from: '(created ? undefined : classSetAtCreation(model, ingress)?.ref.name)',
        to: 'undefined',
      },
      { breaks: 'namespaces that are watched', from: 'ordered.filter(({ namespace }) => takes.watches(namespace))', to: 'ordered' },
      { breaks: 'in the order of the model', from: 'taken.toSorted((a, b) => a - b)', to: 'taken.toSorted((a, b) => b - a)' },
    ],
  },
];
