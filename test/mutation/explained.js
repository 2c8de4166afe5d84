/**
 * Changes that no test can notice, because the code does the same with them.
 *
 * @typedef {object} Explanation
 * @property {string} file
 * @property {string} line the line that they begin in, trimmed
 * @property {readonly (readonly [code: string, replacement: string])[]} changes
 * @property {string} why
 */

const NOT_THERE = 'What is asked of `undefined` then is false as well: the condition is there for the type checker.';
const ONLY_FASTER = 'It saves work, and changes no answer.';
const TEXT = 'Stryker was here!';

/** @type {readonly Explanation[]} */
export const EXPLAINED = [
  {
    file: 'lib/origin/origin-entry.ts',
    line: ".replace(/^\\*\\.(?=[^*])/, '')",
    changes: [["''", `"${TEXT}"`]],
    why: 'Only stars are looked for in what is left.',
  },
  {
    file: 'lib/origin/origin-entry.ts',
    line: ".replace(/(?<=[^*]):\\*$/, '')",
    changes: [["''", `"${TEXT}"`]],
    why: 'Only stars are looked for in what is left.',
  },
  {
    file: 'lib/origin/origin-entry.ts',
    line: "if (port !== undefined && (port === '' || Number(port) > 65535 || /^0./.test(port))) {",
    changes: [['port !== undefined', 'true']],
    why: NOT_THERE,
  },
  {
    file: 'lib/origin/origin-entry.ts',
    line: 'if (port !== undefined && Number(port) === defaultPort(scheme)) {',
    changes: [['port !== undefined', 'true']],
    why: NOT_THERE,
  },
  {
    file: 'lib/origin/origin-matcher.ts',
    line: 'const patterns: OriginPattern[] = [];',
    changes: [['[]', '["Stryker was here"]']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/origin/origin-matcher.ts',
    line: 'if (patterns.length === 0 && expressions.length === 0) {',
    changes: [
      ['patterns.length === 0 && expressions.length === 0', 'false'],
      ['{\nreturn { allows: (origin) => exact.has(origin) };\n}', '{}'],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/origin/origin-pattern.ts',
    line: 'if (text.length > MAX_ORIGIN_LENGTH + SUBDOMAINS.length) {',
    changes: [
      ['text.length > MAX_ORIGIN_LENGTH + SUBDOMAINS.length', 'false'],
      ['text.length > MAX_ORIGIN_LENGTH + SUBDOMAINS.length', 'text.length >= MAX_ORIGIN_LENGTH + SUBDOMAINS.length'],
      ['{\nreturn undefined;\n}', '{}'],
    ],
    why: 'What is longer is refused by parseSerializedOrigin() too; here it costs less.',
  },
  {
    file: 'lib/origin/origin-pattern.ts',
    line: 'parentLength <= this.#longestParent &&',
    changes: [['parentLength <= this.#longestParent', 'true']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/origin/public-suffix.ts',
    line: 'getPublicSuffix(name, { allowPrivateDomains: true, extractHostname: false, validateHostname: false }) === name)',
    changes: [['false', 'true']],
    why: 'What comes here is a host name already: extracting and validating it find nothing to do.',
  },
  {
    file: 'lib/origin/serialized-origin.ts',
    line: 'if (host.length > MAX_LABEL_LENGTH) {',
    changes: [
      ['host.length > MAX_LABEL_LENGTH', 'true'],
      ['host.length > MAX_LABEL_LENGTH', 'host.length >= MAX_LABEL_LENGTH'],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/origin/serialized-origin.ts',
    line: "return !host.includes('xn--') || isFixpointOfUrlParser(host);",
    changes: [["'xn--'", '""']],
    why: 'Then the URL parser is asked about every host; without Punycode it has nothing to say against these.',
  },
  {
    file: 'lib/origin/serialized-origin.ts',
    line: 'return first >= 0x30 && first <= 0x39;',
    changes: [
      ['first >= 0x30 && first <= 0x39', 'true'],
      ['first >= 0x30 && first <= 0x39', 'first >= 0x30 || first <= 0x39'],
      ['first >= 0x30', 'true'],
      ['first <= 0x39', 'true'],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/inspect/audited-row.ts',
    line: 'this.matches = false;',
    changes: [['false', 'true']],
    why: 'A row whose origin is no text is compared with none.',
  },
  {
    file: 'lib/inspect/audited-row.ts',
    line: "this.text = inspection.kind === 'malformed' ? (inspection.canonical ?? origin) : origin;",
    changes: [["inspection.kind === 'malformed'", 'true']],
    why: NOT_THERE,
  },
  {
    file: 'lib/inspect/audited-row.ts',
    line: "this.pattern = inspection.kind === 'pattern' ? inspection.pattern : undefined;",
    changes: [["inspection.kind === 'pattern'", 'true']],
    why: NOT_THERE,
  },
  {
    file: 'lib/inspect/duplicate-rows.ts',
    line: 'if (twin !== row && twin !== undefined) {',
    changes: [['twin !== undefined', 'true']],
    why: 'Every row was added, so that there is one: the condition is there for the type checker.',
  },
  {
    file: 'lib/policy/origin-check.ts',
    line: "const { patterns = false, credentials = true, dangerouslyAllow = [], path = 'origin' } = options;",
    changes: [['[]', '["Stryker was here"]']],
    why: 'Only codes of problems are looked for.',
  },
  {
    file: 'lib/policy/origin-check.ts',
    line: "(inspection.kind === 'malformed' &&",
    changes: [["inspection.kind === 'malformed'", 'true']],
    why: NOT_THERE,
  },
  {
    file: 'lib/inspect/origin-coverage.ts',
    line: 'if (this.#lengths.has(host.length - dot - 1)) {',
    changes: [['this.#lengths.has(host.length - dot - 1)', 'true']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/inspect/origin-coverage.ts',
    line: "return 'subdomains' in covered && covered.subdomains ? this.#parents.get(key)?.get('any') : this.#hosts.get(key);",
    changes: [["'subdomains' in covered && covered.subdomains", "'subdomains' in covered || covered.subdomains"]],
    why: 'A pattern without subdomains has any port, and is not asked about here.',
  },
  {
    file: 'lib/policy/origin-option.ts',
    line: "if (isToken || (typeof value === 'object' && value !== null && answersForOrigins(value))) {",
    changes: [
      ["typeof value === 'object' && value !== null", 'true'],
      ["typeof value === 'object' && value !== null", "typeof value === 'object' || value !== null"],
      ["typeof value === 'object'", 'true'],
      ['value !== null', 'true'],
    ],
    why: 'Classes are tokens, and of all else that is no object answersForOrigins() says the same.',
  },
  {
    file: 'lib/origin/canonical-origin.ts',
    line: "return canonicalOrigin(origin.replace(/^[a-z]+/, 'https'));",
    changes: [['/^[a-z]+/', '/[a-z]+/']],
    why: 'An origin begins with its scheme, in small letters.',
  },
  {
    file: 'lib/fetch/vary.ts',
    line: 'if (current === names || current === PREFLIGHT_VARY) {',
    changes: [
      ['current === names || current === PREFLIGHT_VARY', 'false'],
      ['current === names', 'false'],
      ['current === PREFLIGHT_VARY', 'false'],
      ['{\nreturn undefined;\n}', '{}'],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/origin/serialized-origin.ts',
    line: 'if (value !== lastRead.value) {',
    changes: [['value !== lastRead.value', 'true']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/fetch/preflight-request.ts',
    line: 'if (value !== lastRead.value) {',
    changes: [['value !== lastRead.value', 'true']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/policy/policy-catalog.ts',
    line: 'if (handlerEntries.length === 0) {',
    changes: [
      ['handlerEntries.length === 0', 'false'],
      ['{\nreturn this.#check(this.#forController(className, onClass));\n}', '{}'],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/policy/policy-catalog.ts',
    line: "onClass[0]?.kind === 'disabled' && handlerEntries[0]?.kind === 'policy' ? this.defaults : controller;",
    changes: [
      ["handlerEntries[0]?.kind === 'policy'", 'true'],
      ['handlerEntries[0]?.kind', 'handlerEntries[0].kind'],
    ],
    why: 'The list has an entry, and where it disables too, nothing is left of what it is put on.',
  },
  {
    file: 'lib/policy/name-lists.ts',
    line: "checkHeader(name, at, isForbiddenRequestHeader(name, '') ? 'set' : undefined),",
    changes: [["''", `"${TEXT}"`]],
    why: 'Values are looked at for forbidden methods alone, and this text names none.',
  },
  {
    file: 'lib/policy/name-lists.ts',
    line: 'const lowerCase = names.map((name) => name.toLowerCase());',
    changes: [['name.toLowerCase()', 'name.toUpperCase()']],
    why: 'Names are compared with each other alone, and are of ASCII letters.',
  },
  {
    file: 'lib/options/problem.ts',
    line: 'const values = this.#values.get(key) ?? [];',
    changes: [['[]', '["Stryker was here"]']],
    why: 'No value is this text.',
  },
  {
    file: 'lib/decision/actual-decision.ts',
    line: "return decideActual(policy, method, undefined, 'no-origin');",
    changes: [["'no-origin'", '""']],
    why: 'Without an origin nobody asks for the verdict.',
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: "? () => ({ path: '', params: {} }) // Layer.slash: any path at all",
    changes: [["''", `"${TEXT}"`]],
    why: 'Only the parameters of a match are read.',
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: "return tokens.every((token) => token.type === 'text') ? tokens.map(({ value }) => value).join('') : undefined;",
    changes: [["''", `"${TEXT}"`]],
    why: 'path-to-regexp makes one token of text that stands together.',
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: 'const lists: (readonly Entry<T>[])[] = this.elsewhere.length === 0 ? [] : [this.elsewhere];',
    changes: [['this.elsewhere.length === 0', 'false']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: 'return this.matching.caseSensitive ? text : text.toLowerCase();',
    changes: [['text.toLowerCase()', 'text.toUpperCase()']],
    why: 'Keys are of ASCII letters wherever they are folded, and every path is compared by its expression afterwards.',
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: 'const [first = []] = lists;',
    changes: [['[]', '["Stryker was here"]']],
    why: 'It stands for an empty list, and what is in it matches nothing.',
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: 'return lists.length > 1 ? merged(lists) : first;',
    changes: [
      ['lists.length > 1', 'true'],
      ['lists.length > 1', 'lists.length >= 1'],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: 'if (entry !== undefined && (first === undefined || entry.order < first.order)) {',
    changes: [['entry.order < first.order', 'entry.order <= first.order']],
    why: 'No two entries have the same place.',
  },
  {
    file: 'lib/routing/express/path-index.ts',
    line: "return value.includes('%') ? decodeURIComponent(value) : value;",
    changes: [["'%'", '""']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/express/route-matcher.ts',
    line: 'const next = () => false;',
    changes: [['() => false', '() => undefined']],
    why: 'Only true means that the version is accepted.',
  },
  {
    file: 'lib/routing/fastify/route-matcher.ts',
    line: 'this.derivable = names.filter((name) => !custom.includes(name));',
    changes: [['names.filter((name) => !custom.includes(name))', 'names']],
    why: 'Of the names, only those of the host and the version are looked for.',
  },
  {
    file: 'lib/routing/fastify/route-matcher.ts',
    line: 'routes',
    changes: [
      [
        'routes\n.map((route) => [route, adapter.requireNonEmptyParams?.(route.path, served) ?? served] as const)\n.filter(([, wrapper]) => wrapper !== served)',
        'routes.map(route => [route, adapter.requireNonEmptyParams?.(route.path, served) ?? served] as const)',
      ],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/fastify/route-matcher.ts',
    line: '.filter(([, wrapper]) => wrapper !== served),',
    changes: [['wrapper !== served', 'true']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/path-policies.ts',
    line: 'if (entries.length === 0) {',
    changes: [
      ['entries.length === 0', 'false'],
      ['{\nreturn { find: () => undefined };\n}', '{}'],
    ],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/path-policies.ts',
    line: "for (let round = 0; round < 3 && decoded.includes('%'); round++) {",
    changes: [["'%'", '""']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/path-policies.ts',
    line: '} catch {',
    changes: [['{\nbreak;\n}', '{}']],
    why: ONLY_FASTER,
  },
  {
    file: 'lib/routing/route.ts',
    line: 'return routes.some(({ policy }) => policy !== routes[0]?.policy);',
    changes: [['routes[0]?.policy', 'routes[0].policy']],
    why: 'It is read only where there is a first route.',
  },
  {
    file: 'lib/routing/request-target.ts',
    line: '} catch {',
    changes: [['{\nreturn undefined; // Router.getPathname() catches it too\n}', '{}']],
    why: 'A function that ends returns undefined.',
  },
  {
    file: 'lib/routing/route-table.ts',
    line: "return !path || path.startsWith('/') || path.startsWith('{/') ? path || '' : `/${path}`;",
    changes: [
      ["!path || path.startsWith('/') || path.startsWith('{/')", 'true'],
      ['!path', 'path'],
      ["'/'", '""'],
      ["'{/'", '""'],
    ],
    why: 'The RoutePathFactory of Nest 12 adds the slash itself.',
  },
];
