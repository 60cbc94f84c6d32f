// SPDX-License-Identifier: Apache-2.0
// The selected vessel and where the map should go. The selection is in the address as track id
// or record id (`sel`), which mean the same vessel tomorrow; handles do not.
import { fleet } from './live.svelte';
import { goBackTo, route, setQuery } from './route.svelte';

/** A wish to the map; it takes and clears it. */
export const wish = $state({ go: null as { lat: number; lon: number; zoom?: number } | null });

export const selection = {
  get key(): string | null {
    return route.query.get('sel');
  },
};

export function keyOf(handle: number): string {
  const vessel = fleet.find(handle);
  return vessel ? vessel.record || vessel.track : String(handle);
}

export function select(key: string | null): void {
  setQuery({ sel: key, buoy: null }, true);
}

/** A buoy or sensor station instead of a vessel. */
export function selectBuoy(id: string | null): void {
  setQuery({ buoy: id, sel: null }, true);
}

function toMap(query: Record<string, string>): void {
  if (route.page === 'situation') setQuery(query, true);
  else goBackTo('situation', query);
}

export function showVessel(handle: number | string, lat?: number, lon?: number): void {
  toMap({ sel: typeof handle === 'number' ? keyOf(handle) : handle });
  // Where it is now; without a live position, where it was.
  const present = typeof handle === 'number' ? fleet.find(handle) : null;
  const at = present ?? (lat !== undefined && lon !== undefined ? { lat, lon } : null);
  if (at) wish.go = { lat: at.lat, lon: at.lon, zoom: 11 };
}

export function showPosition(lat: number, lon: number): void {
  toMap({ mark: `${lat.toFixed(5)},${lon.toFixed(5)}` });
  wish.go = { lat, lon, zoom: 12 };
}
