import type { Frame } from 'playwright-core';
import { EMPTY_PAGE, type PageServer, servePages } from '../pages.js';
import { openNormalWindow, type Window } from '../testing-client.profile.js';
import { CLIENTS, type ClientName, HOSTS } from './combination.js';
import { PAGE_SCRIPT } from './page-script.js';
import type { PageOrigins } from './policies.js';

/** Serves empty pages; the one at `/` has a sandboxed frame. */
export function servePagesWithFrame(): Promise<PageServer> {
  const frame = '<iframe sandbox="allow-scripts" src="/frame"></iframe>';
  return servePages((path) => (path === '/' ? EMPTY_PAGE.replace('<body>', `<body>${frame}`) : EMPTY_PAGE));
}

/** The origins of the pages. */
export function originsOf({ port }: PageServer): PageOrigins {
  return {
    shop: `http://shop.localhost:${port}`,
    partner: `http://partner.shop.localhost:${port}`,
    stranger: `http://stranger.localhost:${port}`,
  };
}

/** A page, or a frame, that makes requests. */
export interface Client {
  /** Serialized origin; `null` for a sandboxed frame. */
  readonly origin: string;
  /** Origin of the page in the address bar. Default: the client's own. */
  readonly topLevel?: string;
}

/** The clients of the matrix. */
export function clientsOf(pages: PageOrigins, applicationPort: number): Readonly<Record<ClientName, Client>> {
  return {
    shop: { origin: pages.shop },
    partner: { origin: pages.partner },
    stranger: { origin: pages.stranger },
    own: { origin: `http://${HOSTS[0]}:${applicationPort}` },
    sandbox: { origin: 'null', topLevel: pages.shop },
  };
}

/** A window of Chromium with a page, or frame, of every client. */
export class MatrixWindow {
  private constructor(
    readonly window: Window,
    readonly frames: Readonly<Record<ClientName, Frame>>,
  ) {}

  static async open(clients: Readonly<Record<ClientName, Client>>): Promise<MatrixWindow> {
    const window = await openNormalWindow();
    await window.context.addInitScript({ path: PAGE_SCRIPT });
    const opened = await Promise.all(
      CLIENTS.map(async (name): Promise<[ClientName, Frame]> => {
        const page = await window.context.newPage();
        await page.goto(`${clients[name].topLevel ?? clients[name].origin}/`);
        return [name, (clients[name].origin === 'null' ? page.frames()[1] : page.mainFrame()) as Frame];
      }),
    );
    return new MatrixWindow(window, Object.fromEntries(opened) as Record<ClientName, Frame>);
  }

  /** Visits the application by each of its names, which leaves its cookies. */
  async signIn(port: number): Promise<void> {
    const visit = await this.window.context.newPage();
    for (const host of HOSTS) {
      await visit.goto(`http://${host}:${port}/login`);
    }
    await visit.close();
  }

  close(): Promise<void> {
    return this.window.close();
  }
}
