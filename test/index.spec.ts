import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/** What the root entry exports, by who writes it. The limit is 30. */
const ROOT_NAMES = {
  'the module and its options': [
    'CorsModule',
    'CorsModuleOptions',
    'CorsOptionsFactory',
    'CorsPolicyDefinition',
    'CorsPolicyNames',
    'CorsPolicyOptions',
    'CorsTenantRequest',
  ],
  decorators: ['CorsPolicy', 'DisableCors'],
  'what providers inject': ['CorsInspector', 'CorsOriginCache', 'CorsOrigins'],
  'allowed origins': [
    'OriginChange',
    'OriginList',
    'OriginListContext',
    'OriginLookup',
    'OriginLookupContext',
    'OriginOption',
    'OriginPredicate',
    'OriginRow',
  ],
  'checks of origins': ['OriginCheckOptions', 'matchingEntries', 'originProblems', 'readOrigins'],
  'configuration problems': ['CorsConfigurationError', 'CorsConfigurationProblem'],
};

/** Functions begin with a lower-case letter, and decorators read as a sentence. */
const FUNCTION = /^[a-z]/;
const DECORATORS: ReadonlySet<string> = new Set(['DisableCors']);

const root = resolve(import.meta.dirname, '..');
const packageJson = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly import: { readonly default: string } }>>;
};
const sources = new Map(
  Object.entries(packageJson.exports).flatMap(([name, target]) =>
    typeof target === 'object'
      ? [[name, resolve(root, target.import.default.replace('./dist/esm/', 'lib/').replace(/\.js$/, '.ts'))]]
      : [],
  ),
);
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
);
const program = ts.createProgram([...sources.values()], options);
const checker = program.getTypeChecker();

function exportsOf(entryPoint: string): readonly ts.Symbol[] {
  const file = program.getSourceFile(sources.get(entryPoint) ?? '') as ts.SourceFile;
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(file) as ts.Symbol)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

function namesOf(entryPoint: string): readonly string[] {
  return exportsOf(entryPoint).map(({ name }) => name);
}

/** The parameters of a constructor, and the public members of a class and its instances. */
function visibleDeclarations(symbol: ts.Symbol): readonly ts.Declaration[] {
  return (symbol.declarations ?? []).filter(ts.isClassDeclaration).flatMap(({ members }) =>
    members.filter((member) => {
      const hidden = ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
      return !hidden && !(member.name !== undefined && ts.isPrivateIdentifier(member.name));
    }),
  );
}

/** Declarations of the library's own types that stand in the signature of a member: not in its body. */
function typesIn(member: ts.Declaration): readonly ts.Declaration[] {
  const found = new Set<ts.Declaration>();
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || ts.isDecorator(node)) {
      return;
    }
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const types = ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias;
      if (target !== undefined && target.flags & types) {
        target.declarations?.forEach((declaration) => found.add(declaration));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(member);
  return [...found].filter((declaration) => declaration.getSourceFile().fileName.startsWith(resolve(root, 'lib')));
}

describe('the root entry of the package', () => {
  it('exports: are at most 30 names, and these', () => {
    const names = Object.values(ROOT_NAMES).flat();
    expect([...namesOf('.')].sort()).toEqual(names.sort());
    expect(names.length).toBeLessThanOrEqual(30);
  });
});

describe('the entry points of the package', () => {
  it.each(['.', './diagnostics'])('%s: types, classes and constants begin with Cors or Origin', (entryPoint) => {
    const others = namesOf(entryPoint).filter((name) => !/^(?:Cors|Origin|CORS_)/.test(name) && !FUNCTION.test(name));
    expect(others.filter((name) => !DECORATORS.has(name))).toEqual([]);
  });

  it('each name: is exported from one of them alone', () => {
    const names = [...sources.keys()].flatMap((entryPoint) => namesOf(entryPoint));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(['.', './class-validator', './devtools', './diagnostics', './testing'])(
    '%s: classes show no internal type on constructors and public members',
    (entryPoint) => {
      const exported = new Set([...sources.keys()].flatMap(exportsOf).flatMap(({ declarations = [] }) => declarations));
      const internal = exportsOf(entryPoint).flatMap((symbol) =>
        visibleDeclarations(symbol).flatMap((member) =>
          typesIn(member)
            .filter((declaration) => !exported.has(declaration) && !isOption(declaration))
            .map((declaration) => `${symbol.name}: ${declaration.getText().slice(0, 60)}`),
        ),
      );
      expect(internal).toEqual([]);
    },
  );
});

/** Shapes of options are written in place, and have no name that an application would need. */
function isOption(declaration: ts.Declaration): boolean {
  const file = relative(resolve(root, 'lib'), declaration.getSourceFile().fileName);
  return dirname(file) === 'options' || file === 'cors.root-module.ts';
}
