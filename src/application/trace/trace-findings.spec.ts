import { describe, expect, it } from 'vitest';
import { BACKGROUND, FINDING_CASES, type FindingCase } from '../../../test/support/finding-manifests.js';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { findingLine, lintedServices, mended, trace } from '../../../test/support/trace.js';
import type { Finding } from '../../core/findings/finding.js';
import { FINDING_CODE_NAMES } from '../../core/findings/finding-codes.js';
import type { NetworkModel } from '../../core/model/network-model.js';

const SETTINGS = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], policy: { enforcement: 'on' as const } };

function findingsOf(model: NetworkModel, { ask }: FindingCase): readonly Finding[] {
  return ask ? trace(model, ask).result.findings : lintedServices(model);
}

/** The same code at the same object and place. */
function isThere(findings: readonly Finding[], { fingerprint }: Finding): boolean {
  return findings.some((one) => one.fingerprint === fingerprint);
}

const named = FINDING_CASES.map((one) => [`${one.line}${one.ask ? ` (${JSON.stringify(one.ask)})` : ''}`, one] as const);

describe('findings', () => {
  it('have a failing cluster for every code', () => {
    const codes = new Set(FINDING_CASES.map(({ line }) => line.split(' ')[0]));
    expect(FINDING_CODE_NAMES.filter((code) => !codes.has(code))).toEqual([]);
  });

  /** No manifest mends these: a pod is where its life has brought it, and a request that names nobody, or the wrong port, has to be another one. */
  const WITHOUT_FIX = ['NAME_UNKNOWN', 'NO_POD_IP', 'POD_TERMINAL_PHASE', 'TERMINATING', 'HEADLESS_PORT'];

  it('have a fix for every code that a manifest can mend', () => {
    const fixed = new Set(FINDING_CASES.filter(({ line }) => line.endsWith(' +fix')).map(({ line }) => line.split(' ')[0]));
    expect(FINDING_CODE_NAMES.filter((code) => !fixed.has(code))).toEqual(WITHOUT_FIX);
  });

  it('leave a cluster alone in which all is well', async () => {
    expect(lintedServices(modelOf(await objectsOf(BACKGROUND), SETTINGS)).map(findingLine)).toEqual([]);
  });

  it.each(named)('%s', async (_, one) => {
    const objects = await objectsOf(`${BACKGROUND}---\n${one.yaml}`);
    const findings = findingsOf(modelOf(objects, SETTINGS), one);
    expect(findings.map(findingLine)).toContain(one.line);
    const found = findings.find((finding) => findingLine(finding) === one.line);
    if (!found?.fix) {
      expect(one.line).not.toContain('+fix');
      return;
    }
    expect(isThere(findingsOf(modelOf(mended(objects, found), SETTINGS), one), found)).toBe(false);
  });

  it('each fix makes its finding go away, whatever else is found', async () => {
    for (const one of FINDING_CASES) {
      const objects = await objectsOf(`${BACKGROUND}---\n${one.yaml}`);
      for (const finding of findingsOf(modelOf(objects, SETTINGS), one)) {
        if (!finding.fix) continue;
        const after = findingsOf(modelOf(mended(objects, finding), SETTINGS), one);
        expect(isThere(after, finding), `${one.line}: ${findingLine(finding)}`).toBe(false);
      }
    }
  });
});
