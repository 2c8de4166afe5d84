import { Injectable } from '@nestjs/common';
import type { OriginLookup } from '../../../lib/index.js';
import { type Platform, startApplication } from '../../support/application.js';
import { optionsOf } from '../documented/index.js';
import { Arrivals } from './arrivals.js';
import { PageController, resourcesUnder, serveAssets } from './controllers.js';
import { API_HOST, offeredPolicies, type PageOrigins } from './policies.js';

/** An application that offers everything that pages load, under each policy. */
export interface ElementsApplication {
  readonly origin: string;
  readonly arrivals: Arrivals;
  /** Origins that the provider behind `lookup-credentials` says yes to; a test may change them. */
  readonly partners: Set<string>;
  close(): Promise<void>;
}

export async function startElementsApplication(platform: Platform, pages: PageOrigins): Promise<ElementsApplication> {
  const policies = offeredPolicies(pages);
  const partners = new Set(policies['lookup-credentials']?.lookup);
  const arrivals = new Arrivals();

  @Injectable()
  class PartnerOrigins implements OriginLookup {
    async isOriginAllowed(origin: string): Promise<boolean> {
      await new Promise(setImmediate);
      return partners.has(origin);
    }
  }

  const offered = Object.entries(policies).map(([name, policy]) => {
    const options = policy.disabled ? { origin: false as const } : optionsOf(policy, () => PartnerOrigins);
    const decorated = policy.disabled === true ? (false as const) : name === 'none' ? undefined : options;
    return { name, options, decorated };
  });
  const { app, port, close } = await startApplication(platform, 'NestFactory', {
    cors: {
      cache: false,
      logging: 'off',
      paths: offered.map(({ name, options }) => ({ path: `/assets/${name}`, policy: options })),
    },
    controllers: [PageController, ...offered.map(({ name, decorated }) => resourcesUnder(name, decorated, arrivals))],
    providers: [PartnerOrigins],
    options: { forceCloseConnections: true },
    adapterOptions: { forceCloseConnections: true },
    configure: (created) => created.use('/assets', serveAssets(arrivals)),
  });
  arrivals.record(app);
  return { origin: `http://${API_HOST}:${port}`, arrivals, partners, close };
}
