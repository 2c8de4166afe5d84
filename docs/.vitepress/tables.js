/**
 * Puts each table into a box that scrolls when the table is wider than the page. Readers who use a keyboard can reach it and
 * scroll it with the arrow keys, and the table stays one for screen readers.
 */
export function accessibleTables(markdown) {
  const { rules } = markdown.renderer;
  rules.table_open = (tokens, index, options, _env, self) => {
    const heading = tokens.slice(0, index).findLast(({ type }) => type === 'heading_open');
    const name = heading === undefined ? 'Table' : `Table: ${textAfter(tokens, heading)}`;
    const label = markdown.utils.escapeHtml(name);
    return `<div class="table" role="group" tabindex="0" aria-label="${label}">${self.renderToken(tokens, index, options)}`;
  };
  rules.table_close = (tokens, index, options, _env, self) => `${self.renderToken(tokens, index, options)}</div>`;
  // The cell above the names of the rows is no heading of anything.
  rules.th_open = (tokens, index, options, _env, self) => {
    if (tokens[index + 1].content === '') {
      tokens[index].tag = 'td';
      tokens[index + 2].tag = 'td';
    }
    return self.renderToken(tokens, index, options);
  };
}

function textAfter(tokens, heading) {
  const { children } = tokens[tokens.indexOf(heading) + 1];
  return children
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('')
    .trim();
}
