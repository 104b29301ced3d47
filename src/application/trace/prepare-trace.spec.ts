import { expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { prepareTrace } from './prepare-trace.js';

/** How many steps it takes to the end. */
function stepsOf(text: string): number {
  return [...prepareTrace(modelOf(serviceCluster(text)))].length;
}

it('gives others their turn between the rooms, whatever the cluster holds', () => {
  expect(
    stepsOf('node a 192.168.0.1 ; pod p 10.244.1.9@a ; service web 10.96.0.10 http:80>8080 ; endpoints web 10.244.1.9@a'),
  ).toBeGreaterThan(3);
  expect(stepsOf('service web 10.96.0.10 http:80>8080')).toBe(0);
});
