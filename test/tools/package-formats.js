import { basename, dirname, join, relative } from 'node:path/posix';
import { parseAst } from 'rolldown/parseAst';

/*
 * A plugin of rolldown.config.js. NestJS 12 consists of ES modules and NestJS 11 of CommonJS, and jest before Node.js 24.9
 * requires no ES module. The library's code is CommonJS for both. Where it needs packages of the application, it is a function of
 * them: `dist/esm` imports the packages, `dist/cjs` requires them, and both call that function.
 */

const SHARED = 'shared';
const OWN_FILE = 'own-file:';
/** The code was written as ES modules, which are strict. */
const STRICT = `'use strict';\n`;
/**
 * By package, an export that is one object in both formats of a copy of the package, and another object in each other copy. The
 * first one that a chunk needs tells its instances apart.
 */
const IDENTITIES = { '@nestjs/common': 'Module', 'class-validator': 'ValidateBy' };

/** The file in `dist/shared` of an entry point: `postgres` of `entry-points/postgres/index`. */
export function nameOf(module) {
  return basename(module) === 'index' && dirname(module) !== '.' ? basename(dirname(module)) : basename(module);
}

/** Whether a module imports packages of the application, itself or through others. */
export function isBoundToFormat(id, graph, isProvided, visited = new Set()) {
  if (visited.has(id)) {
    return false;
  }
  visited.add(id);
  return (
    isProvided(id) ||
    (graph.getModuleInfo(id)?.importedIds ?? []).some((each) => isBoundToFormat(each, graph, isProvided, visited))
  );
}

/**
 * @param library modules of the entry points, without extensions
 * @param applicationProcess the module of the command's process
 * @param isProvided whether a package is one of the application
 * @param onDemand modules that are files of their own in `dist/shared`, and required where the code does
 * @param assets further files, by their names in `dist`
 */
export function formatsOf({ library, applicationProcess, isProvided, onDemand, assets }) {
  /** By module, the names that it imports of each package of the application. */
  const importsOf = new Map();
  return {
    name: 'formats',
    transform(code, id) {
      importsOf.set(id, readImports(code, id, isProvided));
    },
    resolveId(source) {
      const name = onDemand.find((each) => basename(source) === `${each}.cjs`);
      return name === undefined ? undefined : { id: OWN_FILE + name, external: true };
    },
    generateBundle(_, bundle) {
      const chunks = new Map(Object.entries(bundle).filter(([, { type }]) => type === 'chunk'));
      const packages = packagesOf(chunks, importsOf);
      for (const [fileName, chunk] of chunks) {
        const code = linked(chunk.code, fileName, packages);
        chunk.code =
          STRICT + inLines(packages.get(fileName).size > 0 ? functionOf(code, packages.get(fileName)) : code);
      }
      const files = { ...assets, 'cjs/package.json': JSON.stringify({ type: 'commonjs' }) };
      for (const module of library) {
        const shared = `${SHARED}/${nameOf(module)}.cjs`;
        const entry = { module, shared, names: chunks.get(shared).exports, packages: packages.get(shared) };
        files[`esm/${module}.js`] = esModule(entry);
        files[`esm/${module}.cjs`] = `module.exports = () => require('${pathTo(shared, `esm/${module}.js`)}');\n`;
        files[`cjs/${module}.js`] = commonJs(entry);
        // The types of both formats are those of CommonJS: an ES module may refer to them, and one set has one identity.
        files[`esm/${module}.d.ts`] = `export * from '${pathTo(`cjs/${module}.js`, `esm/${module}.d.ts`)}';\n`;
      }
      files[`esm/${applicationProcess}.js`] =
        `import '${pathTo(`${SHARED}/${nameOf(applicationProcess)}.cjs`, `esm/${applicationProcess}.js`)}';\n`;
      Object.entries(files).forEach(([fileName, source]) => this.emitFile({ type: 'asset', fileName, source }));
    },
  };
}

/**
 * @returns package and name of each import of the application's packages; a package alone where it is imported for what it does
 * @throws Error for other imports than those of names: ES modules and CommonJS do not agree what a default import is
 */
function readImports(code, id, isProvided) {
  return parseAst(code)
    .body.filter(({ source }) => source && isProvided(source.value))
    .flatMap(({ type, source, specifiers = [] }) => {
      if (type === 'ExportAllDeclaration' || specifiers.some((each) => each.imported?.name === undefined)) {
        throw new Error(`${id} must import names of ${source.value}.`);
      }
      return [[source.value], ...specifiers.map(({ imported }) => [source.value, imported.name])];
    });
}

/** By the file of a chunk, the packages of the application and their names that it needs, itself or through other chunks. */
function packagesOf(chunks, importsOf) {
  const collect = (fileName, visited) => {
    const { moduleIds, imports, dynamicImports } = chunks.get(fileName);
    visited.add(fileName);
    const below = [...imports, ...dynamicImports].filter((name) => chunks.has(name) && !visited.has(name));
    return [...moduleIds.flatMap((id) => importsOf.get(id) ?? []), ...below.flatMap((name) => collect(name, visited))];
  };
  return new Map([...chunks.keys()].map((fileName) => [fileName, grouped(collect(fileName, new Set()))]));
}

/** By package in alphabetical order, its names. */
function grouped(imports) {
  const packages = new Map();
  for (const [name, imported = IDENTITIES[name]] of imports.sort()) {
    const names = packages.get(name) ?? packages.set(name, new Set()).get(name);
    if (imported !== undefined) {
      names.add(imported);
    }
  }
  return packages;
}

/** The code of a chunk that takes packages of the application from its function's argument, and passes it on to other chunks. */
function linked(code, fileName, packages) {
  const edits = [];
  visit(parseAst(code, { sourceType: 'script' }), (node) => {
    if (node.type !== 'CallExpression' || node.callee.name !== 'require' || node.arguments[0]?.type !== 'Literal') {
      return;
    }
    const name = node.arguments[0].value;
    if (packages.get(fileName).has(name)) {
      edits.push([node.start, node.end, `packages[${JSON.stringify(name)}]`]);
    } else if (packages.get(join(dirname(fileName), name))?.size > 0) {
      edits.push([node.end, node.end, '(packages)']);
    } else if (name.startsWith(OWN_FILE)) {
      const path = pathTo(`${SHARED}/${name.slice(OWN_FILE.length)}.cjs`, fileName);
      edits.push([node.start, node.end, `require(${JSON.stringify(path)})`]);
    }
  });
  return edited(code, edits);
}

/**
 * A chunk as a function of the application's packages. It has one instance for each copy of Nest: both formats share it where
 * they have the same copy. The parentheses make V8 compile the function at once, not in two passes.
 */
function functionOf(code, packages) {
  const name = Object.keys(IDENTITIES).find((each) => packages.has(each));
  if (name === undefined) {
    throw new Error(`One of ${[...packages.keys()].join(', ')} must have an export in IDENTITIES.`);
  }
  return `const instances = new WeakMap();
module.exports = (packages) => {
const copy = packages[${JSON.stringify(name)}].${IDENTITIES[name]};
if (!instances.has(copy)) instances.set(copy, define(packages, {}));
return instances.get(copy);
};
const define = (function (packages, exports) {
${code}
return exports;
});
`;
}

/** By the type of a node, its list of what begins a line. */
const LISTS_OF_LINES = {
  ArrayExpression: 'elements',
  BlockStatement: 'body',
  ClassBody: 'body',
  FunctionBody: 'body',
  ObjectExpression: 'properties',
  Program: 'body',
  StaticBlock: 'body',
  SwitchCase: 'consequent',
  SwitchStatement: 'cases',
};

/** Tables with more characters have a line for each entry. */
const LONG_TABLE = 300;

/**
 * Begins a line with each statement, each member of a class, and each entry of a long table: Node.js prints the line of an error
 * that nothing catches.
 */
function inLines(code) {
  const edits = [];
  const begin = ({ start }) => {
    if (code[start - 1] !== '\n' && start > 0) {
      edits.push([start, start, '\n']);
    }
  };
  visit(parseAst(code, { sourceType: 'script' }), (node) => {
    const parts = node[LISTS_OF_LINES[node.type]] ?? [];
    const isTable = node.type === 'ObjectExpression' || node.type === 'ArrayExpression';
    if (!isTable || node.end - node.start > LONG_TABLE) {
      parts.filter((part) => part !== null).forEach(begin);
    }
  });
  return edited(code, edits);
}

function esModule({ module, names, packages }) {
  const listed = [...packages].map(([name, imported]) => [name, [...imported].sort().join(', ')]);
  const imports = listed.map(([name, imported]) => `import { ${imported} } from '${name}';\n`).join('');
  const given = listed.map(([name, imported]) => `  '${name}': { ${imported} },\n`).join('');
  const library = packages.size === 0 ? 'shared()' : `shared()({\n${given}})`;
  return (
    `${imports}import shared from './${basename(module)}.cjs';\n\n` +
    `export const { ${names.join(', ')} } = ${library};\n`
  );
}

/** Names that are assigned one by one are found by cjs-module-lexer, too. */
function commonJs({ module, shared, names, packages }) {
  const given = [...packages.keys()].map((name) => `  '${name}': require('${name}'),\n`).join('');
  const required = `require('${pathTo(shared, `cjs/${module}.js`)}')`;
  return (
    `${STRICT}Object.defineProperty(exports, '__esModule', { value: true });\n` +
    `const library = ${packages.size === 0 ? required : `${required}({\n${given}})`};\n` +
    names.map((name) => `exports.${name} = library.${name};\n`).join('')
  );
}

function pathTo(target, from) {
  const path = relative(dirname(from), target);
  return path.startsWith('.') ? path : `./${path}`;
}

function edited(code, edits) {
  let result = '';
  let end = 0;
  for (const [start, until, text] of edits.sort(([first], [second]) => first - second)) {
    result += code.slice(end, start) + text;
    end = until;
  }
  return result + code.slice(end);
}

/** @param see called with each node of a syntax tree */
function visit(node, see) {
  if (Array.isArray(node)) {
    node.forEach((child) => visit(child, see));
  } else if (typeof node?.type === 'string') {
    see(node);
    Object.values(node).forEach((child) => visit(child, see));
  }
}
