import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { siteLink } from './links.js';
import { groups, repository } from './pages.js';

/**
 * Writes the pages for programs that read text: `llms.txt` (https://llmstxt.org) lists the pages, `llms-full.txt` holds all but
 * the reference, and each page is beside its HTML as Markdown.
 */
export function writeTexts(outDir, { base, description }) {
  const address = (path) => `${base}${path}`.replaceAll('//', '/');
  const lists = groups.map(({ title, pages }) => {
    const items = pages.map((page) => `- [${page.title}](${address(`/${page.path}.md`)}): ${page.summary}`);
    return `## ${title}\n\n${items.join('\n')}`;
  });
  writeFileSync(
    join(outDir, 'llms.txt'),
    `# nestjs-cors\n\n> ${description}\n\n${lists.join('\n\n')}\n`.replace(/: $/gm, ''),
  );
  const pages = groups.flatMap((group) => group.pages);
  for (const page of pages) {
    const target = join(outDir, `${page.path}.md`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, textOf(page.file, address));
  }
  const guides = pages.filter(({ file }) => !file.startsWith('docs/reference/') && file !== 'CHANGELOG.md');
  writeFileSync(join(outDir, 'llms-full.txt'), guides.map(({ file }) => textOf(file, address)).join('\n---\n\n'));
}

/** The Markdown of a page, with links that lead to the Markdown of others. */
function textOf(file, address) {
  const text = readFileSync(join(repository, file), 'utf8');
  return text
    .split(/(^ *```.*?^ *```)/ms)
    .map((part) =>
      part.trimStart().startsWith('```')
        ? part
        : part.replace(/(?<!!\[[^\]]*)\]\(([^)\s]+)\)/g, (_all, link) => {
            const target = siteLink(file, link, '.md');
            return `](${target.startsWith('/') ? address(target) : target})`;
          }),
    )
    .join('');
}
