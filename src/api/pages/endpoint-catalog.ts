import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { compareText } from '../../core/kernel/compare.js';
import { type Endpoint, ENDPOINT } from '../http/endpoint.js';

/** Every endpoint that a controller handles. */
@Injectable()
export class EndpointCatalog {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** By path, then method. */
  list(): readonly Endpoint[] {
    const endpoints = this.discovery.getControllers().flatMap(({ metatype }) => this.handledBy(metatype?.prototype));
    return endpoints.sort((a, b) => compareText(`${a.path} ${a.method}`, `${b.path} ${b.method}`));
  }

  private handledBy(prototype: unknown): readonly Endpoint[] {
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const endpoint: Endpoint | undefined = Reflect.getMetadata(ENDPOINT, Object(Reflect.get(prototype, name)));
      return endpoint ? [endpoint] : [];
    });
  }
}
