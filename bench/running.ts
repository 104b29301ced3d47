import type { Api } from '../test/conformance/api.js';
import type { Product } from '../test/conformance/product.js';

/** A built product over a database that the benchmarks reach too. */
export interface Running {
  readonly product: Product;
  readonly pid: number;
  readonly api: Api;
  /** Connection string of the product's database. */
  readonly databaseUrl: string;
}
