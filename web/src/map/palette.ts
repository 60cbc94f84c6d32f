// SPDX-License-Identifier: Apache-2.0
// Colours of the chart by theme: calm grey-blue by day, deep navy by night. Red only where
// something needs action now.
import type { Theme } from '$/state/settings.svelte';

export interface Palette {
  sea: string;
  land: string;
  coast: string;
  grid: string;
  gridText: string;
  placeText: string;
  vesselText: string;
  halo: string;
  /** Casing of symbols against sea and land. */
  casing: string;
  actNow: string;
  attention: string;
  selection: string;
  track: string;
  trackGap: string;
  zones: Record<string, string>;
}

export const palettes: Record<Theme, Palette> = {
  day: {
    sea: '#dbe6ee',
    land: '#f3f1ea',
    coast: '#8d9da8',
    grid: 'rgba(62, 92, 116, 0.16)',
    gridText: '#5b7285',
    placeText: '#33495b',
    vesselText: '#14293c',
    halo: 'rgba(255, 255, 255, 0.88)',
    casing: '#ffffff',
    actNow: '#c8102e',
    attention: '#c77700',
    selection: '#0b6bcb',
    track: '#0b6bcb',
    trackGap: '#6f8597',
    zones: {
      legal: '#55697a', treaty: '#7a5aa8', port: '#4b7a96', berth: '#4b7a96', anchorage: '#a01f88',
      working: '#3e7d4f', drawn: '#0b6bcb',
    },
  },
  night: {
    sea: '#0b1b2b',
    land: '#213243',
    coast: '#56718a',
    grid: 'rgba(150, 185, 215, 0.12)',
    gridText: '#7793ab',
    placeText: '#a9c0d4',
    vesselText: '#dce8f3',
    halo: 'rgba(8, 20, 33, 0.9)',
    casing: '#08131f',
    actNow: '#ff4d5e',
    attention: '#ffb020',
    selection: '#5cc3ff',
    track: '#5cc3ff',
    trackGap: '#7f97ab',
    zones: {
      legal: '#8aa0b3', treaty: '#b69be6', port: '#7fb2d0', berth: '#7fb2d0', anchorage: '#e08bd0',
      working: '#7cc692', drawn: '#5cc3ff',
    },
  },
};

/** "#rrggbb" as three numbers of 0..1. */
export function rgb(colour: string): [number, number, number] {
  const value = parseInt(colour.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
