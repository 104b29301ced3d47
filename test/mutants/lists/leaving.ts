import type { MutantsOfFile } from '../mutant.js';

const T = 'src/application/trace';

/** How packets leave the cluster, in a trace. */
export const LEAVING: readonly MutantsOfFile[] = [
  {
    file: `${T}/leaving-stage.ts`,
    specs: [`${T}/trace-summary.spec.ts`],
    mutants: [
      { breaks: 'leaving: of every sender', from: 'pods.map(({ id })', to: 'pods.slice(0, 1).map(({ id })' },
      { breaks: 'leaving: of nodes', from: '...endpoints.nodes.map(', to: '...[].map(' },
      { breaks: 'leaving: in each family', from: ': stages.model.profile.ipFamilies', to: ': stages.model.profile.ipFamilies.slice(0, 1)' },
      { breaks: 'leaving: what stands for a name is told', from: '...(to ? [] : [DESTINATION_ASSUMED])', to: '...[]' },
      { breaks: 'leaving: whose own a source is', from: '${ip} (the sender’s own)', to: '${ip}' },
      { breaks: 'leaving: what is dropped', from: 'evidence.some(({ reason }) => reason === LOST) ?', to: 'false ?' },
      { breaks: 'leaving: what is dropped of some is told', from: ', ...lost.map(dropped)', to: '' },
      { breaks: 'leaving: of some it leaves', from: 'leaving?.sources.length === 0 ? ', to: 'leaving ? ' },
    ],
  },
  {
    file: `${T}/outside-port.ts`,
    specs: [`${T}/trace-summary.spec.ts`],
    mutants: [
      {
        breaks: 'leaving: ranges of the cluster are no outside',
        from: '!isOfCluster(model, formatIp(target.ip))',
        to: '!model.ipOwners.has(formatIp(target.ip))',
      },
    ],
  },
];
