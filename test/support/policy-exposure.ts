import { NO_SETTINGS, type ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { exposure } from '../../src/core/policy/exposure.js';
import type { ExposureQuestion } from '../../src/core/policy/exposure-result.js';
import { finished } from '../../src/core/kernel/steps.js';
import { modelOf } from './model.js';
import { networkPolicy, type PolicySpecs } from './policy-cluster.js';

/** The profile of netpol-analyzer's cases. */
export const NETPOL_ANALYZER: ProfileSettings = {
  ...NO_SETTINGS,
  policy: { enforcement: 'on', ipBlockMatchesPods: false, networksMatchPods: false, hostNetworkPods: 'as-pods' },
};

const PORT = /^([a-z0-9-]+)=(\d+)(?:\/(TCP|UDP|SCTP))?$/;

/** A Deployment `hello-world/workload-a app=a-app http=8090 dns=53/UDP`. */
function deployment(line: string): KubernetesObject {
  const [qualified = '', ...words] = line.split(' ');
  const [namespace = '', name = ''] = qualified.split('/');
  const labels = Object.fromEntries(words.filter((word) => !PORT.test(word)).map((word) => word.split('=')));
  const ports = words.flatMap((word) => {
    const [, port, containerPort, protocol = 'TCP'] = PORT.exec(word) ?? [];
    return port === undefined ? [] : [{ name: port, containerPort: Number(containerPort), protocol }];
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'main', ports }] } } },
  };
}

/** Deployments, policies, and the labels of namespaces. */
export function deployments(
  lines: readonly string[],
  policies: PolicySpecs,
  namespaces: readonly (readonly [string, Record<string, string>])[] = [],
): NetworkModel {
  const objects = namespaces.map(([name, labels]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }));
  return modelOf(
    [...objects, ...lines.map(deployment), ...Object.entries(policies).map(([name, spec]) => networkPolicy(name, spec))],
    NETPOL_ANALYZER,
  );
}

/** The answer, in one go. */
export function askExposure(model: NetworkModel, asked: Partial<ExposureQuestion> = {}) {
  const answer = finished(
    exposure(model, { of: undefined, workload: undefined, direction: undefined, format: 'netpol-analyzer', ...asked }),
  );
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** The lines of that tool's text output, `<=` for ingress, without its columns and the namespace `hello-world` of its cases. */
export function exposureLines(model: NetworkModel): readonly string[] {
  const { netpol, unprotected } = askExposure(model).result;
  const { egress_exposure: egress = [], ingress_exposure: ingress = [] } = netpol?.exposure_results ?? {};
  return [
    ...egress.map(({ src, dst, conn }) => `${src} => ${dst} : ${conn}`),
    ...ingress.map(({ src, dst, conn }) => `${dst} <= ${src} : ${conn}`),
    ...unprotected.map(({ workload, direction }) => `${workload} is not protected on ${direction === 'egress' ? 'Egress' : 'Ingress'}`),
  ].map((line) => line.replaceAll('hello-world/', '').replaceAll('[Deployment]', '').replaceAll('[External]', ''));
}
