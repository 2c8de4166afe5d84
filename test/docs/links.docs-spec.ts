import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { filesOf, SITE, textOf } from './site.js';

const PAGES = filesOf('.html').filter((file) => file !== '404.html');

const idsOf = new Map(PAGES.map((page) => [page, new Set(attributes(textOf(page), 'id'))]));

function attributes(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) =>
    value.replaceAll('&amp;', '&'),
  );
}

/** Links of a page to pages, files and headings that the site does not have. */
function deadLinksOf(page: string): string[] {
  const links = attributes(textOf(page), 'href').map((href) => new URL(href, `http://site.example/${page}`));
  return links
    .filter(({ host }) => host === 'site.example')
    .filter(({ pathname, hash }) => {
      const file = decodeURIComponent(pathname)
        .slice(1)
        .replace(/^$|\/$/, '$&index.html');
      return !existsSync(join(SITE, file)) || (hash !== '' && !idsOf.get(file)?.has(decodeURIComponent(hash.slice(1))));
    })
    .map(({ pathname, hash }) => pathname + hash);
}

describe('the site', () => {
  it('first pages: are those that people look for', () => {
    expect(PAGES).toEqual(expect.arrayContaining(['index.html', 'quick-start.html', 'security.html']));
    expect(PAGES).toContain('reference/nestjs-cors.html');
  });

  it.each(PAGES)('%s: links to pages and headings that exist', (page) => {
    expect([...new Set(deadLinksOf(page))]).toEqual([]);
  });

  it('list for programs: names every page, and each is there', () => {
    const listed = [...textOf('llms.txt').matchAll(/\]\(\/([^)]+)\)/g)].map(([, path = '']) => path);
    expect(listed.sort()).toEqual(
      PAGES.filter((page) => page !== 'index.html')
        .map((page) => page.replace('.html', '.md'))
        .sort(),
    );
    expect(listed.filter((path) => !existsSync(join(SITE, path)))).toEqual([]);
    expect(textOf('llms-full.txt')).toContain('# Quick start');
  });
});
