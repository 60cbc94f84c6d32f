// SPDX-License-Identifier: Apache-2.0
// The build of the web client: one bundle in dist/, the coast beside it. The coast is data of the
// tree (data/coast), not of npm: it is copied as it is and named in the bundle by __COAST_FILES__.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const coastFolder = resolve(import.meta.dirname, '../data/coast');
const coastFiles = existsSync(coastFolder)
  ? readdirSync(coastFolder).filter((name) => name.endsWith('.geojson')).sort()
  : [];

function coast(): Plugin {
  return {
    name: 'jinglue-coast',
    generateBundle() {
      for (const name of coastFiles) {
        const source = readFileSync(resolve(coastFolder, name));
        this.emitFile({ type: 'asset', fileName: `coast/${name}`, source });
      }
    },
    configureServer(server) {
      server.middlewares.use('/coast', (request, response, next) => {
        const name = coastFiles.find((file) => request.url === `/${file}`);
        if (!name) return next();
        response.setHeader('Content-Type', 'application/geo+json');
        response.end(readFileSync(resolve(coastFolder, name)));
      });
    },
  };
}

const backend = process.env.JINGLUE_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), coast()],
  define: { __COAST_FILES__: JSON.stringify(coastFiles) },
  resolve: { alias: { $: resolve(import.meta.dirname, 'src') } },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
    // The CSP of the server allows no data: fonts or scripts; everything is a file of its own.
    assetsInlineLimit: 0,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        // A worker named .mjs is served by some proxies as an unknown type and then refused.
        assetFileNames: (asset) =>
          asset.names[0]?.endsWith('.mjs') ? 'assets/[name]-[hash].js' : 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: {
    proxy: { '/api': { target: backend, ws: true }, '/healthz': backend },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
