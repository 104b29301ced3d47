import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { parseProfileSettings } from '../../core/model/profile-settings.js';
import { profileView } from './profile-view.js';

const POOL = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name: 'p' },
  spec: { cidr: '10.244.0.0/16', natOutgoing: true },
};
const FELIX = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'FelixConfiguration',
  metadata: { name: 'default' },
  spec: { natOutgoingAddress: '203.0.113.80' },
};

describe('the profile of a cluster', () => {
  it.each([
    ['as it is detected', [], {}],
    ['with addresses that objects tell', [POOL, FELIX], {}],
    [
      'set by hand',
      [],
      {
        masquerade: { natOutgoingAddress: '203.0.113.80', exemptSources: ['10.0.0.0/24'], exemptDestinations: ['198.51.100.0/24'] },
        loadBalancers: { metallbClass: 'm' },
      },
    ],
  ] as const)('%s is JSON, with a value for every field that has a source', (_, objects, settings) => {
    const view = profileView(modelOf(objects, settings), 1);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
    expect(view.fields.filter(({ value }) => value === null)).toEqual([]);
  });

  it('is spelled as it is set: what is told may be sent back', () => {
    const { values } = profileView(modelOf([POOL, FELIX], { underlay: { subnets: [{ cidr: '192.168.0.0/24', vlan: 7 }] } }), 1);
    const read = parseProfileSettings(values);
    expect(read.ok && profileView(modelOf([POOL, FELIX], read.value), 1).values).toEqual(values);
  });

  it('writes addresses as text', () => {
    const { values } = profileView(modelOf([POOL, FELIX]), 1);
    expect(values['masquerade']).toMatchObject({
      natOutgoingAddress: '203.0.113.80',
      exemptSources: [],
      exemptDestinations: [],
      nonMasqueradeCIDRs: null,
    });
    expect(values['loadBalancers']).toMatchObject({ ciliumDefault: 'lbipam', metallbClass: null });
  });
});
