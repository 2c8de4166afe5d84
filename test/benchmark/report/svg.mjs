/** The width of all charts, in pixels. */
export const WIDTH = 860;

/** Colours that stand out on white and on black alike; series take them in turn. */
export const COLOURS = [
  '#2f7ed8',
  '#e0702b',
  '#2e9e5b',
  '#b65fc4',
  '#c8a008',
  '#d24b57',
  '#1fa3b5',
  '#7a8793',
  '#8d6e4f',
];

// A picture follows the reader's system and not the page that it is on, so it brings its own background.
const STYLE = `
text { font: 12px 'DejaVu Sans', Verdana, Geneva, sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: bold; }
.note { font-size: 11px; fill: #59636e; }
.group { font-weight: bold; }
.paper { fill: #ffffff; stroke: #d1d9e0; }
.grid { stroke: #dde3e8; }
.axis { stroke: #59636e; }
.range { stroke: #1f2328; stroke-opacity: 0.75; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .note { fill: #9198a1; }
  .paper { fill: #0d1117; stroke: #3d444d; }
  .grid { stroke: #2a313a; }
  .axis { stroke: #9198a1; }
  .range { stroke: #e6edf3; }
}`;

/** A whole picture: what is drawn, on paper, with its title for eyes and for screen readers. */
export function picture({ title, subtitle, height, content }) {
  const lines = [text(16, 26, title, { class: 'title' })];
  if (subtitle !== undefined) {
    lines.push(text(16, 44, subtitle, { class: 'note' }));
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>`,
    ...lines,
    ...content,
    '</svg>\n',
  ].join('\n');
}

export function text(x, y, content, attributes = {}) {
  return `<text x="${round(x)}" y="${round(y)}"${written(attributes)}>${escape(content)}</text>`;
}

export function line(x1, y1, x2, y2, attributes = {}) {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"${written(attributes)}/>`;
}

export function rect(x, y, width, height, attributes = {}) {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${written(attributes)}/>`;
}

export function dot(x, y, colour) {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${colour}"/>`;
}

export function path(points, colour) {
  const places = points.map(([x, y]) => `${round(x)} ${round(y)}`);
  return `<path d="M${places.join(' L')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
}

/** About how wide a text is: nobody measures fonts here. */
export function widthOf(content) {
  return content.length * 7.3;
}

function written(attributes) {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
}

function escape(content) {
  return content.replace(/[&<>"]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
