import type { Page } from 'playwright-core';

/** What a board shows of each of its connections. */
export type Connections = Readonly<Record<string, 'open' | 'closed'>>;

/** The connections of a board, all of them in one state. */
export function allConnections(state: 'open' | 'closed'): Connections {
  const transports = ['socket.io', 'GraphQL', 'EventSource'];
  return Object.fromEntries(
    [1, 2].flatMap((instance) => transports.map((transport) => [`instance ${instance}, ${transport}`, state])),
  );
}

/** The page of a tenant in a browser. */
export class BoardPage {
  constructor(private readonly page: Page) {}

  async open(origin: string): Promise<void> {
    await this.page.goto(origin);
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  heading(): Promise<string> {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  /** Resolves when the page says this of its connections. */
  async waitUntil(standing: string): Promise<void> {
    await this.page.locator('#standing').getByText(standing).waitFor();
  }

  async connections(): Promise<Connections> {
    const cards = await this.page.locator('.card').all();
    const entries = cards.map(async (card) => {
      const instance = await card.locator('xpath=ancestor::section').getAttribute('data-instance');
      const transport = await card.getAttribute('data-transport');
      return [`instance ${instance}, ${transport}`, await card.getAttribute('data-state')] as const;
    });
    return Object.fromEntries(await Promise.all(entries)) as Connections;
  }

  /** How many orders each connection has received. */
  async received(): Promise<number[]> {
    return (await this.page.locator('.received').allInnerTexts()).map(Number);
  }

  /** Resolves when each connection has received another order. */
  async waitForOrders(): Promise<void> {
    const before = await this.received();
    await this.page.waitForFunction(
      (counts) =>
        [...document.querySelectorAll('.received')].every((shown, at) => Number(shown.textContent) > counts[at]!),
      before,
    );
  }

  /** The latest lines of what has happened, in the order of the alphabet. */
  async latestEvents(count: number): Promise<string[]> {
    const lines = await this.page.locator('#changes li span').allInnerTexts();
    return lines.slice(0, count).sort();
  }
}

/** The operator's console in a browser. */
export class BoardConsolePage {
  constructor(private readonly page: Page) {}

  async open(origin: string): Promise<void> {
    await this.page.goto(origin);
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  async sendTo(instance: number): Promise<void> {
    await this.page.getByLabel(`Instance ${instance}`).check();
  }

  remove(tenant: string): Promise<string> {
    return this.press(tenant, 'Remove its origin');
  }

  add(tenant: string): Promise<string> {
    return this.press(tenant, 'Add its origin');
  }

  /** Resolves when the console counts so many open connections of a tenant, by instance. */
  async waitForOpen(tenant: string, ...counts: readonly number[]): Promise<void> {
    for (const [index, count] of counts.entries()) {
      await this.page.locator(`[data-tenant="${tenant}"] .open`).nth(index).getByText(String(count)).waitFor();
    }
  }

  private async press(tenant: string, button: string): Promise<string> {
    const message = this.page.locator('#message');
    await message.evaluate((shown) => {
      shown.textContent = '';
    });
    await this.page.locator(`[data-tenant="${tenant}"]`).getByRole('button', { name: button }).click();
    await message.filter({ hasText: /\S/ }).waitFor();
    return message.innerText();
  }
}
