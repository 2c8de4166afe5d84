'use strict';
/**
 * The names above a public suffix that are none themselves, each with the shortest suffix below it, as the installed tldts
 * has them. `node test/tools/suffix-examples.cjs` prints the list of lib/origin/deep-suffixes.ts.
 */
const { getPublicSuffix } = require('tldts');
const trie = require('tldts/dist/cjs/src/data/trie.js');

/** Every rule of the list in ASCII, wildcards included: `co.uk`, `*.compute.amazonaws.com`. */
function readRules({ edgeChild, edgeLength, edgeStart, labelText, nodeFlags, rulesRoot }) {
  const offsets = [];
  let offset = 0;
  for (const length of edgeLength) {
    offsets.push(offset);
    offset += length;
  }
  const rules = [];
  const pending = [[rulesRoot, '']];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, name] = next;
    if (nodeFlags[node] !== 0) {
      rules.push(name);
    }
    for (let edge = edgeStart[node]; edge < edgeStart[node + 1]; edge++) {
      const label = labelText.slice(offsets[edge], offsets[edge] + edgeLength[edge]);
      pending.push([edgeChild[edge], name === '' ? label : `${label}.${name}`]);
    }
  }
  return rules.filter((rule) => /^[\x21-\x7e]+$/.test(rule));
}

function isSuffix(name) {
  return getPublicSuffix(name, { allowPrivateDomains: true, extractHostname: false, validateHostname: false }) === name;
}

/** By name, the shortest rule below it. */
function suffixExamples() {
  const examples = new Map();
  for (const rule of readRules(trie)) {
    for (let dot = rule.indexOf('.'); dot !== -1; dot = rule.indexOf('.', dot + 1)) {
      const name = rule.slice(dot + 1);
      const known = examples.get(name);
      const isBetter =
        known === undefined || rule.length < known.length || (rule.length === known.length && rule < known);
      if (isBetter && !isSuffix(name)) {
        examples.set(name, rule);
      }
    }
  }
  return examples;
}

module.exports = { suffixExamples };

/** The region of a cloud within a name. */
const REGION = /(?<=\.)(?:us-gov|eusc-[a-z]{2}|[a-z]{2})-(?:[a-z]+-)?[a-z]+-\d(?=\.)/;

/** The words in lines of at most 118 characters. */
function wrapped(words) {
  const lines = [''];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (longer.length > 118) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = longer;
    }
  }
  return lines;
}

if (require.main === module) {
  const groups = new Map();
  for (const rule of [...new Set(suffixExamples().values())].sort()) {
    const name = rule.replace(REGION, '*');
    groups.set(name, [...(groups.get(name) ?? []), REGION.exec(rule)?.[0]]);
  }
  const single = [...groups].filter(([, regions]) => regions.length === 1);
  const several = [...groups].filter(([, regions]) => regions.length > 1);
  const lines = [
    ...wrapped(single.map(([name, [region]]) => (region === undefined ? name : name.replace('*', region)))),
    ...several.flatMap(([name, regions]) => wrapped(`${name}(${regions.join(' ')})`.split(' '))),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
