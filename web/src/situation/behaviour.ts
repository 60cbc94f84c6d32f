// SPDX-License-Identifier: Apache-2.0
// How the speed of a position is told by colour: in steps of knots, or as what the vessel was
// doing. The limits stand here and nowhere else; they describe movement and judge nothing.
import type { Theme } from '$/state/settings.svelte';
import type { Key } from '$/i18n/index.svelte';

export const trackColourings = ['speed', 'behaviour'] as const;
export type TrackColouring = (typeof trackColourings)[number];

/** A silence of more than this is dotted. */
export const kGapMs = 30 * 60_000;

export interface Step {
  /** From this many knots on; of the first 0. */
  from: number;
  day: string;
  night: string;
  /** For what has a name. */
  name?: Key;
}

/** Distinct without red, which means act now; darker by day, lighter by night. */
export const speedSteps: readonly Step[] = [
  { from: 0, day: '#6b7785', night: '#8fa0b0' },
  { from: 0.5, day: '#7b3fb5', night: '#c79bff' },
  { from: 2, day: '#2a5fd0', night: '#7fb0ff' },
  { from: 5, day: '#007d8c', night: '#3fd4e0' },
  { from: 8, day: '#2e7d1e', night: '#8be06a' },
  { from: 12, day: '#a86400', night: '#ffc85a' },
];

/** Trawling and setting nets are done at two to five knots, hence the limit of slow. */
export const behaviourSteps: readonly Step[] = [
  { from: 0, day: '#6b7785', night: '#8fa0b0', name: 'behaviour.stopped' },
  { from: 0.5, day: '#7b3fb5', night: '#c79bff', name: 'behaviour.slow' },
  { from: 5, day: '#007d8c', night: '#3fd4e0', name: 'behaviour.moving' },
];

export function stepsOf(colouring: TrackColouring): readonly Step[] {
  return colouring === 'speed' ? speedSteps : behaviourSteps;
}

/** Index of the step of a speed; steps.length when the speed is not known. */
export function stepAt(steps: readonly Step[], knots: number | null): number {
  if (knots === null) return steps.length;
  let at = 0;
  while (at + 1 < steps.length && knots >= steps[at + 1]!.from) ++at;
  return at;
}

export const unknownSpeed: Record<Theme, string> = { day: '#9a9a9a', night: '#6f7d89' };

export function coloursOf(steps: readonly Step[], theme: Theme): string[] {
  return [...steps.map((step) => step[theme]), unknownSpeed[theme]];
}
