import type { INestApplication } from '@nestjs/common';
import type { Platform } from '../../support/application.js';
import { portOf } from '../../support/listening.js';
import type { PageServer } from '../pages.js';
import { startApplication } from './application.js';
import { type ClientName, CLIENTS, type Combination, urlOf } from './combination.js';
import type { Deviations } from './deviations.js';
import { expectedOf, type Outcomes, outcomesOf } from './expectations.js';
import { type Observation, observed } from './observation.js';
import { makeRequests, type Seen } from './page-script.js';
import type { PageOrigins } from './policies.js';
import { Recorder } from './recorder.js';
import { type Client, clientsOf, MatrixWindow, originsOf, servePagesWithFrame } from './window.js';

/** An application, and pages of several origins in Chromium. */
export class Matrix {
  private constructor(
    private readonly pageServer: PageServer,
    private readonly pages: PageOrigins,
    private readonly app: INestApplication,
    private readonly recorder: Recorder,
    private readonly clients: Readonly<Record<ClientName, Client>>,
    readonly window: MatrixWindow,
  ) {}

  static async start(platform: Platform): Promise<Matrix> {
    const pageServer = await servePagesWithFrame();
    const pages = originsOf(pageServer);
    const recorder = new Recorder();
    const app = await startApplication(platform, pages, recorder);
    const clients = clientsOf(pages, portOf(app));
    const window = await MatrixWindow.open(clients);
    await window.signIn(portOf(app));
    return new Matrix(pageServer, pages, app, recorder, clients, window);
  }

  get port(): number {
    return portOf(this.app);
  }

  /** What the browser and the application make of the combinations, by their ids. */
  async observe(combinations: readonly Combination[]): Promise<Map<string, Observation>> {
    const ofClients = CLIENTS.map(async (name) => {
      const mine = combinations.filter(({ client }) => client === name);
      const orders = mine.map((one) => ({ url: urlOf(one, this.port), calls: one.calls }));
      const seen = await makeRequests(this.window.frames[name], orders);
      return mine.map(({ id }, index): [string, Observation] => {
        const results = seen[index] as (Seen | undefined)[];
        return [id, observed(results, this.recorder.arrivalsOf(id), id)];
      });
    });
    return new Map((await Promise.all(ofClients)).flat());
  }

  /** What they should make of them, by `nestjs-cors/testing` and the documentation. */
  async expect(combinations: readonly Combination[], deviations: Deviations): Promise<Map<string, Observation>> {
    const outcomes = await this.outcomes(combinations, deviations);
    return expectedOf(combinations, outcomes);
  }

  /** The same in the words of `nestjs-cors/testing`: with the step at which a request fails. */
  outcomes(combinations: readonly Combination[], deviations: Deviations): Promise<Outcomes> {
    return outcomesOf(combinations, { pages: this.pages, clients: this.clients, port: this.port, deviations });
  }

  async stop(): Promise<void> {
    await this.window.close();
    await this.app.close();
    await this.pageServer.close();
  }
}
