import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { ipamLint } from '../../src/core/ipam/ipam-lint.js';
import { qualifiedName } from '../../src/core/kernel/object-ref.js';
import { finished } from '../../src/core/kernel/steps.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { Endpoints } from '../../src/core/resources/endpoint-slice.js';
import { normaliseObject } from '../../src/core/resources/normalise-object.js';
import { modelOf, objectsBelow } from '../support/model.js';

/**
 * Dumps of minikube 1.31–1.35 and of an EKS cluster without Node objects, taken with `kubectl get`: their Endpoints were written by the real controllers.
 * The model is made without them and has to come to the same endpoints for each service that has a selector and an entry there: 5 × 5 and 3.
 */
const SHARED = resolve(process.env['PORTOLAN_SHARED'] ?? '../shared');
const ARCHIVE = join(SHARED, 'real', 'live-dumps.tar.gz');
const DUMPS = ['minikube-1_31', 'minikube-1_32', 'minikube-1_33', 'minikube-1_34', 'minikube-1_35', 'eks-traefik-samples'];
const isMissing = !existsSync(ARCHIVE);
if (isMissing)
  console.warn(`skipped: the live dumps are not at ${ARCHIVE} (PORTOLAN_SHARED names the folder that has real/live-dumps.tar.gz)`);

describe.skipIf(isMissing)('endpoints of live dumps', () => {
  let directory = '';
  let compared = 0;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'portolan-dumps-'));
    execFileSync('tar', ['xzf', ARCHIVE, '-C', directory]);
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(DUMPS)('%s: what the model derives is what the controllers wrote', async (dump) => {
    const objects = await objectsBelow(join(directory, 'live-dumps', dump));
    const model = modelOf(objects.filter(({ kind }) => kind !== 'Endpoints' && kind !== 'EndpointSlice'));
    const written = objects.flatMap((object) => {
      const { resource } = normaliseObject(object);
      return resource?.kind === 'Endpoints' && selects(model, resource) ? [resource] : [];
    });
    compared += written.length;
    const actual = written.map(({ ref }) => [qualifiedName(ref), derivedLines(model, qualifiedName(ref))]);
    expect(actual).toEqual(written.map((endpoints) => [qualifiedName(endpoints.ref), writtenLines(endpoints)]));
  });

  // They come from clusters that work: whatever is found there is found wrongly.
  it.each(DUMPS)('%s: every address is where it belongs', async (dump) => {
    const model = modelOf(await objectsBelow(join(directory, 'live-dumps', dump)));
    const lint = finished(ipamLint(model, new AllocationBook(), { codes: undefined, severity: 'info', limit: 1000 }));
    expect(lint.result.findings).toEqual([]);
  });

  it('compared 28 services', () => {
    expect(compared).toBe(28);
  });
});

function selects(model: NetworkModel, { ref }: Endpoints): boolean {
  return model.services.get(qualifiedName(ref))?.resource.selector !== undefined;
}

/** `ready http 10.244.0.3:80/TCP Pod ns/web-0 on node`: one line for each address and port. */
function derivedLines(model: NetworkModel, service: string): readonly string[] {
  const { source, slices = [] } = model.services.get(service)?.endpoints ?? {};
  expect(source).toBe('derived');
  return slices
    .flatMap(({ endpoints, ports }) =>
      endpoints.filter(({ terminating }) => !terminating).flatMap((endpoint) => linesOf(endpoint, ports, endpoint.ready)),
    )
    .sort();
}

function writtenLines({ subsets }: Endpoints): readonly string[] {
  return subsets
    .flatMap(({ addresses, notReadyAddresses, ports }) => [
      ...addresses.flatMap((endpoint) => linesOf(endpoint, ports, true)),
      ...notReadyAddresses.flatMap((endpoint) => linesOf(endpoint, ports, false)),
    ])
    .sort();
}

function linesOf(
  { addresses, targetRef, nodeName, hostname }: Endpoints['subsets'][number]['addresses'][number],
  ports: Endpoints['subsets'][number]['ports'],
  ready: boolean,
): readonly string[] {
  const pod = `${targetRef?.kind} ${targetRef?.namespace}/${targetRef?.name} on ${nodeName}${hostname === undefined ? '' : ` as ${hostname}`}`;
  const offered = ports.length === 0 ? ['no port'] : ports.map(({ name, port, protocol }) => `${name}:${port}/${protocol}`);
  return addresses.flatMap((address) => offered.map((port) => `${ready ? 'ready' : 'not ready'} ${address} ${port} ${pod}`));
}
