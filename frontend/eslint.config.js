import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Folders a layer may not import: lib and components/ui → contexts → features → components/admin → admin → app. */
function forbid(files, groups, message) {
  return {
    files,
    rules: { 'no-restricted-imports': ['error', { patterns: groups.map((group) => ({ group: [group], message })) }] },
  };
}
const above = {
  lib: ['@/components/**', '@/contexts/**', '@/features/**', '@/admin/**', '@/app/**'],
  ui: ['@/contexts/**', '@/features/**', '@/components/admin/**', '@/admin/**', '@/app/**'],
  contexts: ['@/features/**', '@/components/admin/**', '@/admin/**', '@/app/**'],
  features: ['@/components/admin/**', '@/admin/**', '@/app/**'],
  composition: ['@/admin/**', '@/app/**'],
  admin: ['@/app/**'],
};
const direction = 'Imports go one way: lib and ui, contexts, features, components/admin, admin, app.';
const features = ['audit', 'board', 'appointments', 'calendar', 'customers', 'users', 'account', 'palette', 'messages', 'texts', 'services', 'catalog', 'numbers', 'devices', 'estimates', 'books', 'payments', 'inspections', 'photos'];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/generated'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { globals: globals.browser },
    plugins: { 'jsx-a11y': jsxA11y, 'react-hooks': reactHooks },
    rules: {
      ...jsxA11y.flatConfigs.strict.rules,
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'react-hooks/incompatible-library': 'off',
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      // A list drawn without bullets loses its role in Safari, so the role is stated.
      'jsx-a11y/no-redundant-roles': ['error', { ul: ['list'], ol: ['list'] }],
      // Off: `Field` binds label and control by id, which the rule cannot see.
      'jsx-a11y/label-has-associated-control': 'off',
      'jsx-a11y/no-autofocus': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXText[value=/[A-Za-z]{2,}/]', message: 'Words belong in src/i18n, through t().' },
        {
          selector: 'JSXAttribute[name.name=/^(aria-label|title|placeholder|alt|label|hint)$/] > Literal[value=/^(?!\\w+(\\.\\w+)+$).*[A-Za-z]{2,}/]',
          message: 'Words belong in src/i18n, through t().',
        },
        {
          selector: 'Literal[value=/\\b(bg|text|border)-(red|blue|green|slate|gray|zinc|amber|yellow|orange|purple|pink|rose|sky|indigo)-\\d+/]',
          message: 'Colours only through tokens.',
        },
        { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Never render markup from data.' },
      ],
    },
  },
  forbid(['src/lib/**', 'src/i18n/**', 'src/api.ts', 'src/types.ts'], above.lib, direction),
  forbid(['src/components/ui/**'], above.ui, direction),
  forbid(['src/contexts/**'], above.contexts, direction),
  ...features.map((name) =>
    forbid(
      [`src/features/${name}/**`],
      [...above.features, ...features.filter((other) => other !== name).map((other) => `@/features/${other}/**`)],
      `${direction} Features do not import each other.`,
    ),
  ),
  // What the tablet keeps and sends; its screens stand above it.
  forbid(['src/offline/**'], ['@/components/admin/**', '@/contexts/**', '@/admin/**', '@/app/**', '@/tablet/**'], direction),
  forbid(['src/tablet/**'], [...above.composition, '@/contexts/**', '@/components/admin/**'], direction),
  // Photos stand below the other features: the tablet, the drawer and the figures show them.
  forbid(['src/features/photos/**'], [...above.features, ...features.map((other) => `@/features/${other}/**`)], direction),
  forbid(['src/components/admin/**'], above.composition, direction),
  // An entry of its own, and small: the catalogue of words alone would weigh more than the page.
  forbid(['src/customer/**'], [...above.ui, '@/i18n/t', '@/i18n/en', '@/api'], 'The customer’s page has a door and words of its own.'),
  forbid(['src/admin/**'], above.admin, direction),
  { files: ['src/types.ts', 'src/i18n/words/*.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['src/**/*.test.{ts,tsx}', 'src/testing/**'],
    rules: { 'no-restricted-syntax': 'off', 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['public/**/*.js'], languageOptions: { globals: globals.browser, sourceType: 'script' }, rules: { 'no-unused-vars': 'off', '@typescript-eslint/no-unused-vars': 'off' } },
  { files: ['*.js', '*.ts'], languageOptions: { globals: globals.node } },
);
