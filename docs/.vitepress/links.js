import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { pageOfFile, repository } from './pages.js';

/** Files of the repository that pages link to and that are no pages. They are copied as text that every browser shows. */
const copied = new Set();

/**
 * Where a link of a page leads on the site. Links of the pages are relative, so that they work in a checkout.
 *
 * @param file the page, as a path in the repository
 * @throws Error for a link to a file that does not exist
 */
export function siteLink(file, link, extension = '') {
  if (/^[a-z]+:|^#|^\//i.test(link)) {
    return link;
  }
  const [, path = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(link) ?? [];
  const target = posix.join(posix.dirname(file), decodeURI(path));
  const page = pageOfFile(target);
  if (page !== undefined) {
    return page.path === 'index' ? `/${hash}` : `/${page.path}${extension}${hash}`;
  }
  if (!existsSync(join(repository, target)) || !statSync(join(repository, target)).isFile()) {
    throw new Error(`${file} links to ${target}, which is no file`);
  }
  copied.add(target);
  return sourcePath(target);
}

const sourcePath = (file) => `/source/${file}.txt`;

/** Has markdown-it write the links of the site. */
export function repositoryLinks(markdown) {
  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    // VitePress also parses single lines of the front matter.
    const path = env.realPath ?? env.path;
    if (path === undefined) {
      return;
    }
    const file = posix.relative(repository, path);
    for (const { children } of tokens.filter(({ type }) => type === 'inline')) {
      children.forEach((token, index) => {
        const href = token.type === 'link_open' ? token.attrGet('href') : null;
        if (href !== null) {
          token.attrSet('href', siteLink(file, href));
          namePage(children[index + 1], file, href);
        }
      });
    }
  });
}

/** A link that is called like its file in the checkout is called like the page here. */
function namePage(text, file, href) {
  const page = pageOfFile(posix.join(posix.dirname(file), href.replace(/#.*$/, '')));
  if (page?.title !== undefined && /^[\w./-]+\.md$/.test(text.content)) {
    text.content = page.title;
  }
}

export function copyLinkedFiles(outDir) {
  for (const file of copied) {
    const target = join(outDir, sourcePath(file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(repository, file), target);
  }
}

/** The copies, where the site is served and not built. */
export const linkedFilesPlugin = {
  name: 'linked-files',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const file = [...copied].find((name) => request.url?.endsWith(sourcePath(name)));
      if (file === undefined) {
        next();
        return;
      }
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.end(readFileSync(join(repository, file)));
    });
  },
};
