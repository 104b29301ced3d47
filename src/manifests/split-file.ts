import type { ByteBudget } from './byte-budget.js';
import { YamlCutter, type YamlText } from './cut-yaml.js';
import type { JsonSlice } from './json-slice.js';
import type { ManifestFile } from './manifest-document.js';
import type { ManifestLimits } from './manifest-limits.js';
import { openText } from './open-text.js';
import { JsonSlicer } from './slice-json.js';

/** A part of a file that is read alone. */
export type FilePart = { readonly format: 'json'; readonly slice: JsonSlice } | { readonly format: 'yaml'; readonly text: YamlText };

/** JSON starts with an object or a list of objects whose first key is quoted; KYAML's keys are not. */
const STARTS_AS_JSON = /^\s*(?:\{\s*["}]|\[\s*(?:["[\]]|\{\s*["}]))/;

/** Cuts one file, deciding by its first bytes whether it is JSON. Text behind JSON values that is none is read as YAML. */
class FileSplitter {
  private json: JsonSlicer | undefined;
  private yaml: YamlCutter | undefined;

  constructor(
    private readonly file: string,
    private readonly limits: ManifestLimits,
  ) {}

  push(chunk: Buffer): readonly FilePart[] {
    if (!this.json && !this.yaml) this.decide(chunk);
    if (this.yaml) return this.yaml.push(chunk).map((text) => ({ format: 'yaml', text }));
    return this.afterJson(this.json?.push(chunk) ?? []);
  }

  end(): readonly FilePart[] {
    const parts = this.json ? this.afterJson(this.json.end()) : [];
    const texts = this.yaml?.end() ?? [];
    return [...parts, ...texts.map((text) => ({ format: 'yaml' as const, text }))];
  }

  private decide(head: Buffer): void {
    if (STARTS_AS_JSON.test(head.toString('latin1', 0, 4096))) this.json = new JsonSlicer(this.file, this.limits);
    else this.yaml = new YamlCutter(this.file, this.limits);
  }

  private afterJson(slices: readonly JsonSlice[]): readonly FilePart[] {
    const parts: FilePart[] = slices.map((slice) => ({ format: 'json', slice }));
    const rest = this.json?.rest;
    if (!rest) return parts;
    this.json = undefined;
    this.yaml = new YamlCutter(this.file, this.limits, rest.line, rest.documents);
    return [...parts, ...this.yaml.push(rest.bytes).map((text) => ({ format: 'yaml' as const, text }))];
  }
}

/** The parts of a file in order, as they arrive. Throws `UnreadableFile` and `payload-too-large`. */
export async function* splitFile(file: ManifestFile, limits: ManifestLimits, budget: ByteBudget): AsyncGenerator<FilePart> {
  const splitter = new FileSplitter(file.name, limits);
  for await (const chunk of openText(file, budget)) yield* splitter.push(chunk);
  yield* splitter.end();
}
