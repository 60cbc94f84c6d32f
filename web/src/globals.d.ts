// SPDX-License-Identifier: Apache-2.0
// What vite.config.ts puts into the bundle, and what the browser tests read.
/// <reference types="svelte" />

declare const __COAST_FILES__: string[];

interface Window {
  __jinglue?: import('./state/metrics').Exposed;
}
