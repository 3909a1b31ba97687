import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '..');

export default defineConfig({
  root,
  resolve: { alias: { 'proxyless-studio': join(root, 'src/space/index.ts') } },
  test: {
    include: ['test/**/*.test.ts'],
    // Tests compute with all threads they are given; more files at a time would only take turns.
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
