// SPDX-License-Identifier: Apache-2.0
// The style of the chart: sea, land, zones. No tiles, glyphs or sprites from anywhere; texts
// are drawn by overlay.ts with the fonts of the machine.
import type { LayerSpecification, Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';
import type { Theme } from '$/state/settings.svelte';
import { palettes, type Palette } from './palette';

export const zoneKinds = ['legal', 'treaty', 'port', 'berth', 'anchorage', 'working', 'drawn'] as const;
export type ZoneKind = (typeof zoneKinds)[number];

const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Dashes differ by kind, so that a zone's kind is not told by colour alone. */
const dashes: Partial<Record<ZoneKind, number[]>> = {
  legal: [6, 3],
  treaty: [8, 2, 1.5, 2],
  anchorage: [3, 2],
  working: [1.5, 1.5],
  drawn: [4, 2],
};
/** Large legal areas are lines only; small places are filled. */
const fills: Partial<Record<ZoneKind, number>> = { port: 0.1, berth: 0.22, anchorage: 0.06, working: 0.06, drawn: 0.05 };
const fromZoom: Partial<Record<ZoneKind, number>> = { berth: 10.5, port: 7 };

function zoneLayers(palette: Palette): LayerSpecification[] {
  const only = (kind: ZoneKind) => ['==', ['get', 'kind'], kind] as never;
  return zoneKinds.flatMap((kind): LayerSpecification[] => {
    const colour = palette.zones[kind]!;
    const minzoom = fromZoom[kind] ?? 0;
    const layers: LayerSpecification[] = [];
    if (fills[kind]) {
      layers.push({
        id: `zone-fill-${kind}`, type: 'fill', source: 'zones', filter: only(kind), minzoom,
        paint: { 'fill-color': colour, 'fill-opacity': fills[kind]! },
      });
    }
    layers.push({
      id: `zone-line-${kind}`, type: 'line', source: 'zones', filter: only(kind), minzoom,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': colour, 'line-opacity': kind === 'drawn' || kind === 'working' ? 0.6 : 0.85, 'line-width': kind === 'legal' ? 1.4 : 1.1,
        ...(dashes[kind] ? { 'line-dasharray': dashes[kind]! } : {}),
      },
    });
    return layers;
  });
}

function usedLayers(palette: Palette): LayerSpecification[] {
  return [
    {
      id: 'area-fill', type: 'fill', source: 'area', filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': palette.selection, 'fill-opacity': 0.08 },
    },
    {
      id: 'area-line', type: 'line', source: 'area', filter: ['!=', ['geometry-type'], 'Point'],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.selection, 'line-width': 2 },
    },
    {
      id: 'area-corner', type: 'circle', source: 'area', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 4, 'circle-color': palette.casing, 'circle-stroke-color': palette.selection, 'circle-stroke-width': 2 },
    },
    {
      id: 'used-line', type: 'line', source: 'used', filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': palette.attention, 'line-width': 1.6, 'line-opacity': 0.9 },
    },
    {
      id: 'used-point', type: 'circle', source: 'used', filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': ['case', ['get', 'end'], 5, 3.2] as never,
        'circle-color': ['case', ['get', 'end'], palette.attention, palette.casing] as never,
        'circle-stroke-color': palette.attention,
        'circle-stroke-width': 1.6,
      },
    },
  ];
}

function layers(palette: Palette): LayerSpecification[] {
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': palette.sea } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': palette.land, 'fill-antialias': false } },
    {
      id: 'shore', type: 'line', source: 'shore',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.coast, 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.6, 12, 1.2] as never },
    },
    ...zoneLayers(palette),
    ...usedLayers(palette),
  ];
}

/** What lies below everything that has a name. */
export const kLowest = 'zone-line-legal';

export function makeStyle(theme: Theme): StyleSpecification {
  const data = (maxzoom: number) => ({ type: 'geojson' as const, data: empty, maxzoom, tolerance: 0.25 });
  return {
    version: 8,
    sources: { land: data(13), shore: data(13), zones: data(14), used: data(16), area: data(16) },
    layers: layers(palettes[theme]),
  };
}

export function paintTheme(map: MapLibreMap, theme: Theme): void {
  for (const layer of layers(palettes[theme])) {
    for (const [name, value] of Object.entries(layer.paint ?? {})) {
      map.setPaintProperty(layer.id, name as never, value as never);
    }
  }
}

export function showZoneKinds(map: MapLibreMap, shown: (kind: ZoneKind) => boolean): void {
  for (const kind of zoneKinds) {
    const visibility = shown(kind) ? 'visible' : 'none';
    for (const id of [`zone-fill-${kind}`, `zone-line-${kind}`]) {
      if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', visibility);
    }
  }
}
