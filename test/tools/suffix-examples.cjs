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

if (require.main === module) {
  const rules = [...new Set(suffixExamples().values())].sort();
  const lines = [];
  let line = '';
  for (const rule of rules) {
    if (line.length + rule.length > 118) {
      lines.push(line);
      line = '';
    }
    line += `${line === '' ? '' : ' '}${rule}`;
  }
  process.stdout.write(`${[...lines, line].join('\n')}\n`);
}
