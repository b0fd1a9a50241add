// How the browser code in assets/ is linted: ESLint's recommended rules, and a few that keep it plain.

import js from "@eslint/js";
import globals from "globals";

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["assets/**/*.js"],
    ...js.configs.recommended,
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.browser },
    rules: {
      ...js.configs.recommended.rules,
      complexity: ["error", 10],
      eqeqeq: "error",
      "max-len": ["error", 120],
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", 50],
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-shadow": "error",
      "no-unused-private-class-members": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-useless-assignment": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["assets/**/*-worklet.js"],
    languageOptions: { globals: globals.audioWorklet },
  },
  {
    files: ["assets/service-worker.js"],
    languageOptions: { globals: globals.serviceworker },
  },
  {
    files: ["eslint.config.js"],
    ...js.configs.recommended,
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
  },
];
