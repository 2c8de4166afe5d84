import type ts from 'typescript';
import { change } from './changes.js';
import type { MigratedField, MigrationContext } from './migration-context.js';

type OriginFunction = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration;

const ONLY =
  'It is called for requests with an Origin only. What it throws, and every result but `true` or the origin itself, refuses: a list as result is not searched.';

/** An `origin` function with its callback, as one that returns a promise. */
export function functionField(context: MigrationContext, node: OriginFunction): MigratedField {
  const { typescript, call } = context;
  const text = dedented(functionText(context, node));
  const isAsync = node.modifiers?.some(({ kind }) => kind === typescript.SyntaxKind.AsyncKeyword) === true;
  if (node.parameters.length < 2 && call.package === '@fastify/cors') {
    return { text, notes: [change('origin', ONLY)] };
  }
  const callback = '(error, allowed) => (error ? reject(error) : resolve(allowed === true || allowed === origin))';
  const called = `decide(origin, ${callback})`;
  return {
    text: [
      '(origin) =>',
      '  new Promise<boolean>((resolve, reject) => {',
      `    const decide: (origin: string, callback: (error: unknown, allowed?: unknown) => void) => ${isAsync ? 'unknown' : 'void'} =`,
      `      ${text.replaceAll('\n', '\n      ')};`,
      isAsync ? `    Promise.resolve(${called}).catch(reject);` : `    ${called};`,
      '  })',
    ].join('\n'),
    notes: [
      change(
        'origin',
        `The function is copied, and its callback becomes a promise. ${ONLY} Write \`(origin) => boolean\` where you can.`,
      ),
    ],
  };
}

/** Removes the indentation that all lines of the code share. */
function dedented(text: string): string {
  const [first = '', ...lines] = text.split('\n');
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  return [first, ...lines.map((line) => line.slice(Math.min(...depths)))].join('\n');
}

/** The function as an expression. The code of a method `origin(origin, callback) { … }` is not one. */
function functionText({ typescript, call, copied }: MigrationContext, node: OriginFunction): string {
  const text = copied.of(node);
  if (!typescript.isMethodDeclaration(node)) {
    return text.replace(/^export\s+(?:default\s+)?/, '');
  }
  const name = node.name.getText(call.source);
  return text.replace(/^(?:async\s+)?/, (modifier) => `${modifier}function `).replace(`function ${name}`, 'function ');
}
