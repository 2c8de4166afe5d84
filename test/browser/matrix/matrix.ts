import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import type { Platform } from '../../support/application.js';
import {
  answerOf,
  BrowserModel,
  type Client,
  type Outcome,
  type Quirks,
  requestOfFetch,
  requestOfXhr,
} from '../model/index.js';
import { portOf, startApplication } from './application.js';
import { type ClientName, CLIENTS, type Combination, HOSTS, urlOf } from './combination.js';
import { LOGIN_COOKIES } from './controllers.js';
import { expectedOf, type Observation, observed } from './observation.js';
import { makeRequests, type Seen } from './page-script.js';
import type { PageOrigins } from './policies.js';
import { Recorder } from './recorder.js';
import { resourceOf } from './resources.js';
import { clientsOf, MatrixWindow, originsOf, startPages } from './window.js';

/** An application, pages of several origins in a browser, and a model of both. */
export class Matrix {
  private constructor(
    private readonly pageServer: Server,
    private readonly pages: PageOrigins,
    private readonly app: INestApplication,
    private readonly recorder: Recorder,
    private readonly clients: Readonly<Record<ClientName, Client>>,
    readonly window: MatrixWindow,
  ) {}

  static async start(platform: Platform): Promise<Matrix> {
    const pageServer = await startPages();
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

  /** What they should make of them, by the standard and the documentation. */
  expect(combinations: readonly Combination[], quirks: Quirks): Map<string, Observation> {
    const browser = this.signedIn(quirks);
    return new Map(
      combinations.map((one) => [one.id, expectedOf(this.outcomes(one, browser), one.calls, one.id)] as const),
    );
  }

  /** The same in the model's own words: with the step at which a request fails. */
  outcomes(combination: Combination, browser: BrowserModel): Outcome[] {
    const url = urlOf(combination, this.port);
    return combination.calls.map((call) => {
      const request = call.via === 'fetch' ? requestOfFetch(url, call.init) : requestOfXhr(url, call.init);
      return browser.fetch(this.clients[combination.client], request);
    });
  }

  /** The model of a browser that has visited the application by each of its names. */
  signedIn(quirks: Quirks): BrowserModel {
    const browser = new BrowserModel((request) => answerOf(resourceOf(request, this.pages), request), quirks);
    for (const host of HOSTS) {
      const origin = `http://${host}:${this.port}`;
      browser.cookies.store(`${origin}/login`, LOGIN_COOKIES, { origin });
    }
    return browser;
  }

  async stop(): Promise<void> {
    await this.window.close();
    await this.app.close();
    this.pageServer.closeAllConnections();
    this.pageServer.close();
  }
}
