import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../application/access/principal.js';
import type { Cluster } from '../../application/clusters/cluster.js';
import { type ClusterPage, Clusters } from '../../application/clusters/clusters.js';
import type { ProfileView } from '../../application/clusters/profile-view.js';
import { CurrentPrincipal } from '../http/caller.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { expectedIn, numberedTag } from '../http/if-match.js';
import { orThrow } from '../http/or-throw.js';
import { CHANGE, CREATE, DELETE, LIST, READ } from './cluster-endpoints.js';

/** Clusters and their network profiles. */
@Controller()
export class ClustersController {
  constructor(private readonly clusters: Clusters) {}

  @Handles(LIST)
  async list(@Input() { query }: InputOf<typeof LIST>, @CurrentPrincipal() principal: Principal): Promise<object> {
    const page: ClusterPage = orThrow(await this.clusters.page(principal, query));
    return { ...page, items: page.items.map(clusterBody) };
  }

  @Handles(CREATE)
  async create(
    @Input() { body }: InputOf<typeof CREATE>,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const created = clusterBody(orThrow(await this.clusters.create(body, principal)));
    reply.header('location', `/api/v1/clusters/${created.name}`);
    return tagged(reply, created);
  }

  @Handles(READ)
  async read(@Input() { params, query }: InputOf<typeof READ>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { view, ...coordinate } = query;
    const place = orThrow(await this.clusters.at(params.cluster, coordinate));
    const networkProfile = view === 'full' ? await this.clusters.profile(place) : undefined;
    reply.header('portolan-revision', place.revision);
    return tagged(reply, clusterBody(place.cluster), networkProfile);
  }

  @Handles(CHANGE)
  async change(
    @Input() { params, body }: InputOf<typeof CHANGE>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const expected = expectedIn(request.headers['if-match'], changeable);
    return tagged(reply, clusterBody(orThrow(await this.clusters.change(params.cluster, body, expected))));
  }

  @Handles(DELETE)
  async delete(@Input() { params }: InputOf<typeof DELETE>, @Req() request: FastifyRequest): Promise<void> {
    orThrow(await this.clusters.delete(params.cluster, expectedIn(request.headers['if-match'], changeable)));
  }
}

/** A cluster as it is sent. */
function clusterBody({ name, displayName, latestRevision, profileVersion, profile, createdAt }: Cluster): Omit<Cluster, 'id'> {
  return { name, displayName, latestRevision, profileVersion, profile, createdAt };
}

/** What of it a change could lose. Revisions come and go beside it. */
function changeable({ name, displayName, profileVersion, profile, createdAt }: Omit<Cluster, 'id'>): object {
  return { name, displayName, profileVersion, profile, createdAt };
}

function tagged(reply: FastifyReply, body: Omit<Cluster, 'id'>, networkProfile?: ProfileView): object {
  reply.header('etag', numberedTag(body.profileVersion, changeable(body), body.latestRevision, networkProfile ?? null));
  return networkProfile ? { ...body, networkProfile } : body;
}
