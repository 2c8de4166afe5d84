import { CORS_REASONS, type CorsReason, isPassing } from '../../lib/decision/reasons.js';
import {
  ALLOWABLE_PROBLEM_CODES,
  CORS_PROBLEM_CODES,
  CorsConfigurationError,
  type CorsProblemCode,
} from '../../lib/options/problem.js';
import { bootProblems, DOCUMENTED_PROBLEMS } from './documented-problems.js';

const isAllowable = (code: CorsProblemCode) => (ALLOWABLE_PROBLEM_CODES as readonly string[]).includes(code);

/**
 * The page docs/errors.md, as prettier writes it. Every sentence about a problem is one that the library reports for a wrong
 * configuration, and every sentence about a reason is a row of the table of reasons. `npm run docs:errors` writes the page.
 */
export function errorsPage(): string {
  return `# Errors and reasons

Every code of this library, with the sentences that go with it. \`npm run docs:errors\` writes this page from the tables that the
library itself uses, and a test fails when it is out of date. Codes are stable. Sentences may change in any release: compare codes.

What a browser prints is in [browser-errors.md](browser-errors.md). The findings of the command are in
[diagnostics.md](diagnostics.md).

## Configuration problems

They are thrown together from \`app.listen()\` or \`app.init()\`, as one \`CorsConfigurationError\`. Its \`problems\` are
\`{ code, path, value, message, hint }\`:

\`\`\`text
${String(new CorsConfigurationError(exampleProblems()))}
\`\`\`

An allowable code is unsafe in general, and may be right in your application: \`dangerouslyAllow: ['null-origin']\` allows it in one
policy. The others cannot be allowed.

${table(
  ['code', 'what is wrong', 'allowable'],
  CORS_PROBLEM_CODES.map((code) => [
    `[\`${code}\`](#${code})`,
    DOCUMENTED_PROBLEMS[code].about,
    isAllowable(code) ? 'yes' : 'no',
  ]),
)}

${CORS_PROBLEM_CODES.map(section).join('\n\n')}

## Reasons of decisions

Every decision has one: in the log, in \`CorsInspector.explain()\`, in the events of \`nestjs-cors:decision\`, and in the body of the 403
of \`rejectDisallowed\`. \`<name>\` and \`<METHOD>\` stand for what the request asks for.

### Grants

${reasonsThat((reason) => CORS_REASONS[reason].granted)}

### Refusals

${reasonsThat((reason) => !CORS_REASONS[reason].granted && !isPassing(reason))}

### Refusals that may pass

What decides about the origin gave no result, so the same request may be granted in a moment. Caches are told not to keep such a
response (\`Cache-Control: no-store\`).

${reasonsThat(isPassing)}
`;
}

/** A configuration with several problems, all of which are in one error. */
function exampleProblems() {
  return bootProblems({
    origin: ['https://app.example.com/', 'https://*.co.uk'],
    policies: { partners: { origin: 'https://partner.example' }, reports: { extends: 'partner' } },
  });
}

/** A problem's sentences, each once, as they stand in the error at boot. */
function section(code: CorsProblemCode): string {
  const problems = DOCUMENTED_PROBLEMS[code].examples().filter((problem) => problem.code === code);
  const sentences = problems.map(({ message, hint }) => `${message}\n  ${hint}`);
  return `### ${code}\n\n\`\`\`text\n${[...new Set(sentences)].join('\n')}\n\`\`\``;
}

function reasonsThat(condition: (reason: CorsReason) => boolean): string {
  const reasons = (Object.keys(CORS_REASONS) as CorsReason[]).filter(condition);
  return table(
    ['reason', 'message', 'what to do'],
    reasons.map((reason) => [`\`${reason}\``, CORS_REASONS[reason].message, CORS_REASONS[reason].fix]),
  );
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heading, ...rows].map((row) => row.map(escaped));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

/** Markdown reads a star outside of code as emphasis, and a bar as the end of the cell. */
function escaped(cell: string): string {
  return cell
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('*', '\\*')))
    .join('')
    .replaceAll('|', '\\|');
}
