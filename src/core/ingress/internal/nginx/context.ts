import type { NetworkModel } from '../../../model/network-model.js';
import type { ClassRouter } from '../dialect.js';
import type { NginxCertificates } from './certificates.js';
import type { NginxOptions } from './options.js';
import type { ServerNames } from './server-choice.js';

/** What a decision needs beside the request. */
export interface Context {
  readonly model: NetworkModel;
  readonly router: ClassRouter;
  readonly names: ServerNames;
  readonly certificates: NginxCertificates;
  readonly options: NginxOptions;
}
