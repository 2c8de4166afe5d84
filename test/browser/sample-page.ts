import type { Page } from 'playwright-core';

/** The verdict of each row of the page's table, by the row's `data-request`. */
export type Verdicts = Readonly<Record<string, string>>;

const refused = 'Refused by the browser';

/** What the table shows on a page whose origin is in the database. */
export const partnerVerdicts: Verdicts = {
  catalogue: 'Read 200',
  'replace-order': 'Read 200',
  'sign-in': 'Read 201',
  account: 'Read 200',
  unauthorized: 'Read 401',
  'missing-order': 'Read 404',
  'too-large': 'Read 413',
  'no-route': 'Read 404',
  prices: 'Read 200',
  metrics: refused,
};

/** What it shows on any other page. */
export const strangerVerdicts: Verdicts = {
  ...Object.fromEntries(Object.keys(partnerVerdicts).map((request) => [request, refused])),
  prices: 'Read 200',
};

/** One page of the sample in a browser, used as a person would. */
export class SamplePage {
  constructor(private readonly page: Page) {}

  async open(origin: string): Promise<void> {
    await this.page.goto(origin);
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  ownOrigin(): Promise<string> {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  async sendRequests(): Promise<Verdicts> {
    await this.page.getByRole('button', { name: 'Send the requests' }).click();
    await this.page.getByText(/^Read \d+ of \d+ answers/).waitFor();
    return this.verdicts();
  }

  async verdicts(): Promise<Verdicts> {
    const rows = await this.page.locator('[data-request]').all();
    const entries = rows.map(async (row) => {
      const verdict = await row.locator('.result strong').innerText();
      return [await row.getAttribute('data-request'), verdict.replace(/^[✓✗] /, '')] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** The body that a row shows. */
  answer(request: string): Promise<string> {
    return this.page.locator(`[data-request="${request}"] .excerpt`).innerText();
  }

  origins(): Promise<string[]> {
    return this.page.locator('#rows code').allInnerTexts();
  }

  /** Resolves to the sentence that the page shows then. */
  async addOrigin(origin: string): Promise<string> {
    await this.page.getByLabel('Origin to add').fill(origin);
    return this.messageAfter(() => this.page.getByRole('button', { name: 'Add' }).click());
  }

  /** Resolves to the sentence that the page shows then. */
  async removeOrigin(origin: string): Promise<string> {
    return this.messageAfter(() => this.page.getByRole('button', { name: `Remove ${origin}` }).click());
  }

  private async messageAfter(act: () => Promise<void>): Promise<string> {
    const message = this.page.locator('#message');
    const before = await message.innerText();
    await act();
    await message.filter({ hasText: /\S/, hasNotText: before || '\0' }).waitFor();
    return message.innerText();
  }
}
