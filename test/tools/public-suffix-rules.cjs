'use strict';
/**
 * The rules of the Public Suffix List as the installed tldts has them, as lib/origin/public-suffix-rules.cts holds them.
 * `node test/tools/public-suffix-rules.cjs > lib/origin/public-suffix-rules.cts` writes that file anew.
 */
const trie = require('tldts/dist/cjs/src/data/trie.js');
const { version } = require('tldts/package.json');

/** By the bit of a node in tldts. A name without a mark is a rule of the list's section for registries. */
const MARKS = ['.', '', '+'];
const EXCEPTION = '!';

/** A tree of labels, from the top-level domain down. Only ASCII: hosts of origins are. */
function readTree(root, isException) {
  const { edgeChild, edgeLength, edgeStart, labelText, nodeFlags } = trie;
  const offsets = [];
  let offset = 0;
  for (const length of edgeLength) {
    offsets.push(offset);
    offset += length;
  }
  const read = (node) => {
    const children = new Map();
    for (let edge = edgeStart[node]; edge < edgeStart[node + 1]; edge++) {
      const label = labelText.slice(offsets[edge], offsets[edge] + edgeLength[edge]);
      if (/^[\x21-\x7e]+$/.test(label)) {
        children.set(label, read(edgeChild[edge]));
      }
    }
    const flag = nodeFlags[node];
    return { mark: isException && flag !== 0 ? EXCEPTION : MARKS[flag], children };
  };
  return read(root);
}

/** Adds the exceptions of the list to its rules. */
function merge(tree, exceptions) {
  for (const [label, { mark, children }] of exceptions.children) {
    const known = tree.children.get(label) ?? { mark: '.', children: new Map() };
    tree.children.set(label, known);
    known.mark = mark === EXCEPTION ? mark : known.mark;
    merge(known, { children });
  }
  return tree;
}

/** The labels below a name stand in parentheses: `uk(ac,co(blogspot+))`. */
function printed({ children }) {
  return [...children]
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(([label, node]) => label + node.mark + (node.children.size === 0 ? '' : `(${printed(node)})`));
}

function publicSuffixRules() {
  return printed(merge(readTree(trie.rulesRoot, false), readTree(trie.exceptionsRoot, true)));
}

/** In lines of at most some 600 characters, so that a change of the list is a change of few lines. */
function inLines(rules) {
  const lines = [''];
  for (const part of rules.join(';').split(/(?<=[,;])/)) {
    if (lines.at(-1).length + part.length > 600) {
      lines.push('');
    }
    lines[lines.length - 1] += part;
  }
  return lines;
}

module.exports = { publicSuffixRules };

if (require.main === module) {
  process.stdout.write(`/*!
 * The rules of the Public Suffix List (https://publicsuffix.org), which is subject to the terms of the Mozilla Public
 * License, version 2.0: https://mozilla.org/MPL/2.0/. Its source is https://github.com/publicsuffix/list.
 */
/**
 * Generated from tldts ${version} on ${new Date().toISOString().slice(0, 10)} by test/tools/public-suffix-rules.cjs; a test compares the two.
 *
 * A tree of labels: top-level domains end with \`;\`, and the labels below a name stand in parentheses. A name without a mark is a rule of
 * a registry, \`+\` marks a rule of a company, \`!\` an exception and \`.\` a name without a rule of its own. \`*\` is any label.
 */
export const PUBLIC_SUFFIX_RULES = \`
${inLines(publicSuffixRules()).join('\n')}
\`;
`);
}
