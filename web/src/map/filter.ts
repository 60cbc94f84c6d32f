// SPDX-License-Identifier: Apache-2.0
// Which vessels are shown: evaluated in the shader for drawing and here for picking and counting,
// from the same values.
import { Flag, type Fleet } from '$/stream/fleet';
import { maybeRegistered } from './kinds';

export interface VesselFilter {
  /** Bit n = kind n is shown. */
  kinds: number;
  /** 0 all, 1 at sea only, 2 at berth only. */
  berth: 0 | 1 | 2;
  /** 0 all, 1 in the register only, 2 unmatched vessels only: a net beacon is no vessel. */
  matched: 0 | 1 | 2;
  /** Only vessels with an open finding. */
  finding: boolean;
  /** Older positions are hidden. */
  maxAgeS: number;
}

export const kAllKinds = 0x7fff;
export const everything: VesselFilter = { kinds: kAllKinds, berth: 0, matched: 0, finding: false, maxAgeS: 86_400 };

/** Ignores kinds: the legend counts by kind what the other filters leave. */
export function passes(filter: VesselFilter, fleet: Fleet, slot: number, nowMs: number): boolean {
  const flags = fleet.flags[slot]!;
  const atBerth = (flags & Flag.atBerth) !== 0;
  if (filter.berth === 1 ? atBerth : filter.berth === 2 && !atBerth) return false;
  const claimed = (flags & Flag.claimed) !== 0;
  if (filter.matched === 1 ? !claimed : filter.matched === 2 && (claimed || !maybeRegistered(fleet.kind[slot]!))) return false;
  if (filter.finding && (flags & Flag.finding) === 0) return false;
  return nowMs - fleet.time[slot]! <= filter.maxAgeS * 1000;
}

export function shows(filter: VesselFilter, fleet: Fleet, slot: number, nowMs: number): boolean {
  return (filter.kinds >> fleet.kind[slot]!) % 2 === 1 && passes(filter, fleet, slot, nowMs);
}

export function isDefault(filter: VesselFilter): boolean {
  return (
    filter.kinds === kAllKinds && filter.berth === 0 && filter.matched === 0 && !filter.finding &&
    filter.maxAgeS === everything.maxAgeS
  );
}
