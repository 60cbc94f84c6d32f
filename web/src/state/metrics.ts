// SPDX-License-Identifier: Apache-2.0
// Script time per update of the picture, for bench and browser tests: reading the frames of the
// stream plus preparing and drawing what changed. Read as window.__jinglue.metrics().

const kKept = 2000;

interface Series {
  count: number;
  lastMs: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export interface Exposed {
  metrics(): Record<string, Series>;
  resetMetrics(): void;
  vessels(): number;
  [name: string]: unknown;
}

const series = new Map<string, number[]>();

export function record(name: string, ms: number): void {
  let values = series.get(name);
  if (!values) series.set(name, (values = []));
  values.push(ms);
  if (values.length > kKept) values.splice(0, values.length - kKept);
}

export function measured<T>(name: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  record(name, performance.now() - start);
  return result;
}

function summary(values: number[]): Series {
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return {
    count: values.length,
    lastMs: values.at(-1) ?? 0,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: sorted.at(-1) ?? 0,
  };
}

export function expose(more: Record<string, unknown> & { vessels(): number }): void {
  window.__jinglue = {
    metrics: () => Object.fromEntries([...series].map(([name, values]) => [name, summary(values)])),
    resetMetrics: () => series.clear(),
    ...more,
  };
}
