import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { copyLinkedFiles, linkedFilesPlugin, repositoryLinks } from './links.js';
import { writeTexts } from './llms.js';
import { groups, missingPages, pageOfFile, pathOf, repository } from './pages.js';
import { accessibleTables } from './tables.js';
import { vueOfThisFolder } from './vue.js';

const {
  description,
  repository: published,
  version,
} = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
/** The address of the repository, once `npm run check:publish -- --set` has written it. */
const address = published?.url.replace(/^git\+|\.git$/g, '');
/** The folder of the server that the site is published in, such as `/nestjs-cors/`. */
const base = process.env.DOCS_BASE ?? '/';

const missing = missingPages();
if (missing.length > 0) {
  throw new Error(`No list of docs/.vitepress/pages.js names ${missing.join(', ')}`);
}

export default defineConfig({
  title: 'nestjs-cors',
  description,
  base,
  lang: 'en',
  // There is no icon yet, and browsers ask for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // Pages are the files of the repository, read where they are.
  srcDir: '..',
  srcExclude: ['{lib,test,coverage,dist,reports}/**', 'README.md'],
  rewrites: (file) => `${pathOf(file)}.md`,
  outDir: '.vitepress/dist',
  cacheDir: '.vitepress/cache',
  // A static server needs no rule for addresses without an ending.
  cleanUrls: false,
  // What a sample serves when it runs.
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // As GitHub spells them, so that a link to a heading works in the checkout and here.
    anchor: { slugify: githubSlug },
    config(markdown) {
      markdown.use(repositoryLinks).use(accessibleTables);
    },
  },
  vite: {
    // The index of the search is one file.
    build: { chunkSizeWarningLimit: 2000 },
    plugins: [vueOfThisFolder, linkedFilesPlugin],
    server: { watch: { ignored: ['**/dist/**', '**/coverage/**', '**/test/**'] } },
  },
  transformPageData(page) {
    const known = pageOfFile(page.filePath);
    return known?.summary ? { description: known.summary } : {};
  },
  buildEnd({ outDir }) {
    writeTexts(outDir, { base, description });
    copyLinkedFiles(outDir);
  },
  themeConfig: {
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    externalLinkIcon: true,
    notFound: { linkLabel: 'Take me home' },
    nav: [
      { text: 'Guide', link: '/quick-start' },
      { text: 'Errors', link: '/browser-errors' },
      { text: 'Reference', link: '/reference/' },
      { text: version, link: '/changelog' },
    ],
    sidebar: groups.map(({ title, pages }) => ({
      text: title,
      items: pages.map(({ title: text, path }) => ({ text, link: `/${path}` })),
    })),
    ...(address !== undefined && {
      socialLinks: [{ icon: 'github', link: address }],
      editLink: { pattern: ({ filePath }) => `${address}/edit/HEAD/${filePath}` },
    }),
  },
});

function githubSlug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}
