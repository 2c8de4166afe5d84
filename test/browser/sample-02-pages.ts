import type { Page } from 'playwright-core';

/** What a shop's page shows of one request: a verdict for each instance. */
export type Verdicts = Readonly<Record<string, readonly string[]>>;

const refused = Array<string>(4).fill('Refused');
const read = Array<string>(4).fill('Read 200');

/** What a shop shows whose origin is allowed for its tenant. */
export const customerVerdicts: Verdicts = {
  'own-by-host': read,
  'own-put-by-host': read,
  'own-by-path': read,
  'own-put-by-path': read,
  'other-by-host': refused,
  'other-by-path': refused,
  nobody: refused,
};

/** What it shows while its origin is allowed for nobody. */
export const strangerVerdicts: Verdicts = Object.fromEntries(
  Object.keys(customerVerdicts).map((request) => [request, refused]),
);

/** A shop's page in a browser, used as a person would. */
export class ShopPage {
  constructor(private readonly page: Page) {}

  async open(origin: string): Promise<void> {
    await this.page.goto(origin);
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  heading(): Promise<string> {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  standing(): Promise<string> {
    return this.page.locator('#standing').innerText();
  }

  /** Has the page send its requests again and again, and resolves when it says this. */
  async watchUntil(standing: string): Promise<void> {
    const repeat = this.page.getByLabel('Every second');
    await repeat.check();
    await this.page.getByText(standing).waitFor();
    await repeat.uncheck();
    await this.settled();
    // Once more, so that the whole table is of one moment after that.
    await this.page.getByRole('button', { name: 'Send the requests' }).click();
    await this.settled();
  }

  async verdicts(): Promise<Verdicts> {
    const rows = await this.page.locator('[data-request]').all();
    const entries = rows.map(async (row) => {
      const verdicts = await row.locator('.result strong').allInnerTexts();
      return [await row.getAttribute('data-request'), verdicts.map((text) => text.replace(/^[✓✗] /, ''))] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Who the instances say that the visitor is, in the answers to one request. */
  visitors(request: string): Promise<string[]> {
    return this.page.locator(`[data-request="${request}"] .result .about`).allInnerTexts();
  }

  /** The instances that the page has noted a change of an answer on. */
  changes(): Promise<string[]> {
    return this.page.locator('#changes li span:not([aria-hidden])').allInnerTexts();
  }

  async publish(token: string): Promise<string> {
    await this.page.getByLabel('Token from the console').fill(token);
    await this.page.getByRole('button', { name: 'Publish' }).click();
    await this.page.locator('#published').filter({ hasText: /\S/ }).waitFor();
    return this.page.locator('#published').innerText();
  }

  private settled(): Promise<void> {
    return this.page.locator('#matrix[aria-busy="false"]').waitFor();
  }
}

/** The console in a browser, used as somebody would who manages a tenant's origins. */
export class ConsolePage {
  constructor(private readonly page: Page) {}

  async open(origin: string, tenant: string): Promise<void> {
    await this.page.goto(`${origin}/?tenant=${tenant}`);
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  /** Goes to another tenant by its link. */
  async choose(tenant: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Tenants' }).getByRole('link', { name: tenant }).click();
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  isSignedIn(): Promise<boolean> {
    return this.page.getByLabel('Origin to add').isVisible();
  }

  signIn(tenant: string): Promise<string> {
    return this.messageAfter(`Sign in as ${tenant}`);
  }

  signOut(): Promise<string> {
    return this.messageAfter('Sign out');
  }

  async sendTo(instance: number): Promise<void> {
    await this.page.getByLabel(`Instance ${instance}`).check();
  }

  /** Every origin that is listed, with its state. */
  async origins(): Promise<Record<string, string>> {
    const rows = await this.page.locator('[data-origin]').all();
    const entries = rows.map(async (row) => [
      await row.getAttribute('data-origin'),
      await row.locator('.state').innerText(),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  async add(origin: string): Promise<string> {
    await this.page.getByLabel('Origin to add').fill(origin);
    return this.messageAfter('Add');
  }

  token(origin: string): Promise<string> {
    return this.page.locator(`[data-origin="${origin}"] .token`).innerText();
  }

  verify(origin: string): Promise<string> {
    return this.messageAfter(`Verify ${origin}`);
  }

  remove(origin: string): Promise<string> {
    return this.messageAfter(`Remove ${origin}`);
  }

  explanation(origin: string): Promise<string> {
    return this.messageAfter(`Why? ${origin}`);
  }

  /** The code of each problem that is shown, with what it says. */
  problems(): Promise<string[]> {
    return this.page.locator('#problems li').allInnerTexts();
  }

  /** What the page itself, as the operator's, has read of the tenant's orders. */
  operatorReads(): Promise<string[]> {
    return this.page.locator('#operator-reads strong').allInnerTexts();
  }

  /** Presses a button and resolves to the sentence that the page shows then. */
  private async messageAfter(button: string): Promise<string> {
    const message = this.page.locator('#message');
    await message.evaluate((shown) => {
      shown.textContent = '';
    });
    await this.page.getByRole('button', { name: button, exact: true }).click();
    await message.filter({ hasText: /\S/ }).waitFor();
    return message.innerText();
  }
}
