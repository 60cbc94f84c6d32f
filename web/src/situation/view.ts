// SPDX-License-Identifier: Apache-2.0
// The view of the map as members of the address, there and back.
import { everything, kAllKinds, type VesselFilter } from '$/map/filter';
import type { View } from '$/map/chart';
import { kinds } from '$/map/kinds';
import { zoneKinds, type ZoneKind } from '$/map/style';

/** Weihai and its waters. */
export const homeView: View = { lat: 37.18, lon: 122.42, zoom: 8.6 };

export function readView(query: URLSearchParams): View {
  const [lat, lon] = (query.get('c') ?? '').split(',').map(Number);
  const zoom = Number(query.get('z'));
  if (lat === undefined || lon === undefined || !Number.isFinite(lat) || !Number.isFinite(lon)) return homeView;
  return {
    lat: Math.max(-85, Math.min(85, lat)),
    lon: Math.max(-180, Math.min(180, lon)),
    zoom: zoom >= 2 && zoom <= 18 ? zoom : homeView.zoom,
  };
}

export function writeView(view: View): Record<string, string> {
  const digits = view.zoom > 13 ? 5 : 4;
  return { c: `${view.lat.toFixed(digits)},${view.lon.toFixed(digits)}`, z: view.zoom.toFixed(2) };
}

const kBerth = ['', 'sea', 'berth'] as const;
const kMatched = ['', 'yes', 'no'] as const;

export function readFilter(query: URLSearchParams): VesselFilter {
  const named = query.get('kinds');
  let mask = kAllKinds;
  if (named !== null) {
    const wanted = new Set(named.split(','));
    mask = kinds.reduce((bits, kind, i) => (wanted.has(kind.key) ? bits | (1 << i) : bits), 0);
  }
  const pick = (values: readonly string[], name: string) => Math.max(0, values.indexOf(query.get(name) ?? '')) as 0 | 1 | 2;
  const age = Number(query.get('age'));
  return {
    kinds: mask,
    berth: pick(kBerth, 'berth'),
    matched: pick(kMatched, 'reg'),
    finding: query.get('finding') === '1',
    maxAgeS: age > 0 ? age : everything.maxAgeS,
  };
}

export function writeFilter(filter: VesselFilter): Record<string, string | null> {
  const shown = kinds.filter((_, i) => (filter.kinds >> i) % 2 === 1).map((kind) => kind.key);
  return {
    kinds: filter.kinds === kAllKinds ? null : shown.join(',') || 'none',
    berth: kBerth[filter.berth] || null,
    reg: kMatched[filter.matched] || null,
    finding: filter.finding ? '1' : null,
    age: filter.maxAgeS === everything.maxAgeS ? null : String(filter.maxAgeS),
  };
}

export const layerKeys = ['graticule', 'names', 'vectors', 'sensors', ...zoneKinds] as const;
export type LayerKey = (typeof layerKeys)[number];

/** Layers that are off are named in the address; a shared view without it shows all. */
export function readHidden(query: URLSearchParams): Set<LayerKey> {
  const named = (query.get('off') ?? '').split(',');
  return new Set(layerKeys.filter((key) => named.includes(key)));
}
export function writeHidden(hidden: Set<LayerKey>): Record<string, string | null> {
  return { off: layerKeys.filter((key) => hidden.has(key)).join(',') || null };
}
export function zoneShown(hidden: Set<LayerKey>): (kind: ZoneKind) => boolean {
  return (kind) => !hidden.has(kind);
}

export function readMark(query: URLSearchParams): { lat: number; lon: number } | null {
  const [lat, lon] = (query.get('mark') ?? '').split(',').map(Number);
  return lat !== undefined && lon !== undefined && Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null;
}
