import { onDemand } from './on-demand.cjs';

type Names = ReadonlyMap<string, ListedName>;

/** By the mark in `public-suffix-rules.cts`. */
const RULES = { '': 'registry', '+': 'company', '!': 'exception', '.': undefined } as const;

type Mark = keyof typeof RULES;

/** A name with its mark and the names below it. */
const NAME = /^([^+!.(]+)([+!.]?)(?:\((.*)\))?$/;

/** A name of the Public Suffix List. The names below it are read when the first of them is looked up. */
class ListedName {
  private names: Names | undefined;

  /** @param rule the section of its rule; `'exception'` takes the name out of a wildcard; `undefined` without a rule */
  constructor(
    readonly rule: (typeof RULES)[Mark],
    private readonly rulesBelow: string | undefined,
  ) {}

  get below(): Names {
    this.names ??= new Map(this.rulesBelow === undefined ? [] : rulesOf(this.rulesBelow).map(readName));
    return this.names;
  }
}

let topLevel: Names | undefined;

/** The public suffix of a name, and whether a rule of the list's section for registries says so. */
export interface ListedSuffix {
  readonly suffix: string;
  readonly isRegistry: boolean;
}

/**
 * The public suffix of a host name in lower case: the longest match of the list's rules, or else the last label, by the
 * list's default rule. The list is read when the first name is looked up.
 *
 * @param ofCompanies whether the list's section for companies (`github.io`) counts
 * @returns `undefined` for IP addresses, which have no suffix
 * @see https://github.com/publicsuffix/list/wiki/Format#algorithm
 */
export function listedSuffix(host: string, ofCompanies: boolean): ListedSuffix | undefined {
  if (isAddress(host)) {
    return undefined;
  }
  topLevel ??= new Map(onDemand.publicSuffixRules().replaceAll('\n', '').split(';').map(readName));
  let names = topLevel;
  let longest: ListedSuffix = { suffix: host.slice(host.lastIndexOf('.') + 1), isRegistry: false };
  for (let end = host.length; end > 0;) {
    const start = host.lastIndexOf('.', end - 1) + 1;
    const label = host.slice(start, end);
    const listed = names.get(label) ?? (label === '' ? undefined : names.get('*'));
    if (listed === undefined) {
      break;
    }
    if (listed.rule === 'exception') {
      return { suffix: host.slice(end + 1), isRegistry: true };
    }
    if (listed.rule === 'registry' || (ofCompanies && listed.rule === 'company')) {
      longest = { suffix: host.slice(start), isRegistry: listed.rule === 'registry' };
    }
    names = listed.below;
    end = start - 1;
  }
  return longest;
}

/** The public suffix with one label more; `undefined` for public suffixes and IP addresses. */
export function registrableDomain(host: string): string | undefined {
  const name = host.replace(/\.+$/, '');
  const listed = listedSuffix(name, true);
  if (listed === undefined || listed.suffix === name) {
    return undefined;
  }
  const labels = name.slice(0, -listed.suffix.length - 1);
  return name.slice(labels.lastIndexOf('.') + 1);
}

/** Hosts of URLs have IPv6 addresses in brackets, and IPv4 addresses as four decimal numbers. */
function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[0-9]+(?:\.[0-9]+){3}$/.test(host);
}

function readName(rule: string): [label: string, name: ListedName] {
  const [, label, mark, below] = NAME.exec(rule) as unknown as [
    rule: string,
    label: string,
    mark: Mark,
    below?: string,
  ];
  return [label, new ListedName(RULES[mark], below)];
}

/** The rules of one level: `ac` and `co(blogspot+)` of `ac,co(blogspot+)`. */
function rulesOf(text: string): readonly string[] {
  const rules: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: character, index } of `${text},`.matchAll(/[(),]/g)) {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character === ',' && depth === 0) {
      rules.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return rules;
}
