/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';

/** A request as the form takes it. */
export interface FormRequest {
  readonly method?: string;
  readonly path: string;
  readonly origin?: string;
  readonly headers?: string;
  readonly credentials?: boolean;
}

/** The devtools' page in a browser, used as a person would. */
export class DevtoolsPage {
  /** What the console and the page reported as errors, but for those of requests that are meant to fail. */
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      // A refused request is reported there by the browser itself, in the words of which this page is about.
      const isExpected = /blocked by CORS policy|Failed to load resource/.test(message.text());
      if (message.type() === 'error' && !isExpected) {
        this.errors.push(message.text());
      }
    });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
    await this.page.locator('#connection[data-live=true]').waitFor();
  }

  async search(text: string): Promise<string> {
    await this.page.getByRole('searchbox').fill(text);
    return this.routeCount();
  }

  routeCount(): Promise<string> {
    return this.page.locator('#route-count').innerText();
  }

  /** Names of the routes that are shown: `GET /orders`. */
  async routes(): Promise<string[]> {
    const names = await this.page.locator('#route-rows tr:visible button').allInnerTexts();
    return names.map((name) => name.replace(/\s+/g, ' '));
  }

  row(route: string): Locator {
    return this.page
      .locator('#route-rows tr')
      .filter({ has: this.page.getByRole('button', { name: `Explain ${route}` }) });
  }

  /** The fields that a row shows, with their sources: `credentials true policy partners`. */
  async fields(route: string): Promise<string[]> {
    const fields = await this.row(route).locator('.field').allInnerTexts();
    return fields.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** The fields that a controller's routes share. */
  async sharedFields(controller: string): Promise<string[]> {
    const group = this.page.locator('#route-rows tr.group').filter({ hasText: controller });
    const fields = await group.locator('.field').allInnerTexts();
    return fields.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** How many entries of the feed can be read without scrolling. */
  decisionsInView(): Promise<number> {
    return this.page.locator('#feed').evaluate((feed) => {
      const bottom = Math.min(feed.getBoundingClientRect().bottom, innerHeight);
      return [...feed.children].filter((entry) => entry.getBoundingClientRect().bottom <= bottom).length;
    });
  }

  async explain(request: FormRequest): Promise<string> {
    await this.enter(request);
    return this.answerAfter(() => this.page.getByRole('button', { name: 'Explain', exact: true }).click());
  }

  /** The verdict of the comparison, and its rows: name, explained, browser. */
  async reallySend(request: FormRequest): Promise<{ verdict: string; rows: string[][] }> {
    await this.enter(request);
    await this.answerAfter(() => this.page.getByRole('button', { name: 'Really send' }).click());
    const comparison = this.page.locator('.comparison');
    const rows = await comparison.locator('tbody tr').all();
    return {
      verdict: await comparison.locator('.banner strong').innerText(),
      rows: await Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts())),
    };
  }

  async enter({ method = 'GET', path, origin, headers = '', credentials = false }: FormRequest): Promise<void> {
    const form = this.page.locator('#form');
    await form.getByLabel('Method').fill(method);
    await form.getByLabel('Path').fill(path);
    if (origin !== undefined) {
      await form.getByLabel('Origin of the script').fill(origin);
    }
    await form.getByLabel('Headers that the script sets').fill(headers);
    await form.getByLabel('With credentials').setChecked(credentials);
  }

  /** The entry of the feed with the text, once it is there. */
  async decision(text: string): Promise<string> {
    const entry = this.page.locator('#feed li').filter({ hasText: text }).first();
    await entry.waitFor();
    return (await entry.innerText()).replace(/\s+/g, ' ');
  }

  /** Red, green and blue of the comparison's verdict. */
  async tone(): Promise<[number, number, number]> {
    const colour = await this.page
      .locator('.comparison .banner strong')
      .evaluate((element) => getComputedStyle(element).color);
    const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
    return [red, green, blue];
  }

  /**
   * Texts whose contrast to their background is below 4.5 to 1.
   * @see https://www.w3.org/TR/WCAG22/#contrast-minimum
   */
  faintTexts(): Promise<string[]> {
    return this.page.locator('body').evaluate((body) => {
      const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
      const luminance = (colour: string) => {
        const [red = 0, green = 0, blue = 0] = channels(colour)
          .slice(0, 3)
          .map((value) => value / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const backgroundOf = (element: Element | null): string => {
        if (element === null) {
          return 'rgb(255, 255, 255)';
        }
        const colour = getComputedStyle(element).backgroundColor;
        return channels(colour)[3] === 0 ? backgroundOf(element.parentElement) : colour;
      };
      const hasText = ({ childNodes }: Element) =>
        [...childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim() !== '');
      return [...body.querySelectorAll('*')]
        .filter((element) => hasText(element) && element.getClientRects().length > 0)
        .filter((element) => {
          const [a, b] = [luminance(getComputedStyle(element).color), luminance(backgroundOf(element))];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
        })
        .map((element) => `${element.tagName} ${element.className}: ${element.textContent?.slice(0, 40)}`);
    });
  }

  private async answerAfter(act: () => Promise<void>): Promise<string> {
    await this.page.locator('#result').evaluate((result) => result.replaceChildren());
    await act();
    await this.page.locator('#result > *, #problem:not(:empty)').first().waitFor();
    return (await this.page.locator('#result, #problem').allInnerTexts()).join('').replace(/\s+/g, ' ');
  }
}
