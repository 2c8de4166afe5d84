/*
 * What GitHub takes for issue forms and Dependabot, as JSON Schemas, written from its documentation: an unknown key or a
 * wrong value makes GitHub ignore the file, and says so on its website alone.
 */

const TEXT = { type: 'string', minLength: 1 };
const LIST = { type: 'array', minItems: 1, items: TEXT, uniqueItems: true };

/** An object with these properties and no other. */
function object(properties, required = []) {
  return { type: 'object', properties, required, additionalProperties: false };
}

function formElement(type, attributes, required) {
  return object(
    {
      type: { const: type },
      id: { type: 'string', pattern: '^[A-Za-z0-9_-]+$' },
      attributes: object(attributes, required),
      ...(type === 'markdown' ? {} : { validations: object({ required: { type: 'boolean' } }) }),
    },
    ['type', 'attributes'],
  );
}

const LABELLED = { label: TEXT, description: TEXT };
const OPTION = object({ label: TEXT, required: { type: 'boolean' } }, ['label']);

/** @see https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
const ELEMENTS = {
  markdown: formElement('markdown', { value: TEXT }, ['value']),
  textarea: formElement('textarea', { ...LABELLED, placeholder: TEXT, value: TEXT, render: TEXT }, ['label']),
  input: formElement('input', { ...LABELLED, placeholder: TEXT, value: TEXT }, ['label']),
  dropdown: formElement(
    'dropdown',
    { ...LABELLED, multiple: { type: 'boolean' }, options: LIST, default: { type: 'integer', minimum: 0 } },
    ['label', 'options'],
  ),
  checkboxes: formElement('checkboxes', { ...LABELLED, options: { type: 'array', minItems: 1, items: OPTION } }, [
    'label',
    'options',
  ]),
};

export const ISSUE_FORM = object(
  {
    name: TEXT,
    description: TEXT,
    title: TEXT,
    labels: LIST,
    assignees: LIST,
    projects: LIST,
    type: TEXT,
    body: {
      type: 'array',
      contains: { type: 'object', properties: { type: { not: { const: 'markdown' } } } },
      items: {
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: Object.values(ELEMENTS),
      },
    },
  },
  ['name', 'description', 'body'],
);

/** @see https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/configuring-issue-templates-for-your-repository */
export const ISSUE_FORM_CHOOSER = object({
  blank_issues_enabled: { type: 'boolean' },
  contact_links: {
    type: 'array',
    items: object({ name: TEXT, url: { type: 'string', pattern: '^https://' }, about: TEXT }, ['name', 'url', 'about']),
  },
});

const UPDATE_TYPES = ['major', 'minor', 'patch'];
const PATTERNS = { type: 'array', minItems: 1, items: TEXT };

/** @see https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference */
export const DEPENDABOT = object(
  {
    version: { const: 2 },
    updates: {
      type: 'array',
      minItems: 1,
      items: {
        ...object(
          {
            'package-ecosystem': { enum: ['npm', 'github-actions', 'docker', 'bun'] },
            directory: { type: 'string', pattern: '^/' },
            directories: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^/' }, uniqueItems: true },
            schedule: object(
              {
                interval: { enum: ['daily', 'weekly', 'monthly', 'quarterly', 'semiannually', 'yearly'] },
                day: { enum: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] },
                time: { type: 'string', pattern: '^\\d\\d:\\d\\d$' },
                timezone: TEXT,
              },
              ['interval'],
            ),
            groups: {
              type: 'object',
              additionalProperties: object({
                'applies-to': { enum: ['version-updates', 'security-updates'] },
                'dependency-type': { enum: ['development', 'production'] },
                patterns: PATTERNS,
                'exclude-patterns': PATTERNS,
                'update-types': { type: 'array', minItems: 1, items: { enum: UPDATE_TYPES } },
              }),
            },
            ignore: {
              type: 'array',
              items: object({
                'dependency-name': TEXT,
                versions: PATTERNS,
                'update-types': {
                  type: 'array',
                  minItems: 1,
                  items: { enum: UPDATE_TYPES.map((type) => `version-update:semver-${type}`) },
                },
              }),
            },
            allow: {
              type: 'array',
              items: object({
                'dependency-name': TEXT,
                'dependency-type': { enum: ['direct', 'indirect', 'all', 'production', 'development'] },
              }),
            },
            labels: LIST,
            assignees: LIST,
            'open-pull-requests-limit': { type: 'integer', minimum: 0 },
            'target-branch': TEXT,
            'versioning-strategy': { enum: ['auto', 'increase', 'increase-if-necessary', 'lockfile-only', 'widen'] },
            'commit-message': object({ prefix: TEXT, 'prefix-development': TEXT, include: { const: 'scope' } }),
            cooldown: object({ 'default-days': { type: 'integer', minimum: 1 } }),
          },
          ['package-ecosystem', 'schedule'],
        ),
        oneOf: [{ required: ['directory'] }, { required: ['directories'] }],
      },
    },
  },
  ['version', 'updates'],
);
