// SPDX-License-Identifier: Apache-2.0
// Records of a register on a map: points, lines and areas of their own, with the chosen one in the
// colour of a selection.
import type { GeoJSONSource, Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl';
import type { RecordRow } from '$/api/types';
import type { Theme } from '$/state/settings.svelte';
import type { Box } from './graticule';
import { palettes } from './palette';

const kSource = 'records';
const kLayers = ['records-fill', 'records-line', 'records-point'];
const kReach = 5; // CSS pixels around the pointer

export class RecordsLayer {
  private m_ready = false;
  private m_data: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

  constructor(
    private readonly m_map: MapLibreMap,
    private m_theme: Theme,
    pick: (id: string) => void,
  ) {
    const begin = () => {
      this.add();
      this.m_ready = true;
      this.source()?.setData(this.m_data);
    };
    if (m_map.isStyleLoaded()) begin();
    else m_map.once('load', begin);
    m_map.on('click', (event) => {
      const id = this.at(event);
      if (id) pick(id);
    });
    m_map.on('mousemove', (event) => (m_map.getCanvas().style.cursor = this.at(event) ? 'pointer' : ''));
  }

  private source(): GeoJSONSource | undefined {
    return this.m_map.getSource<GeoJSONSource>(kSource);
  }
  /** What lies there; of several the smallest kind: a point before a line before an area. */
  private at(event: MapMouseEvent): string | null {
    if (!this.m_ready) return null;
    const { x, y } = event.point;
    const around: [[number, number], [number, number]] = [[x - kReach, y - kReach], [x + kReach, y + kReach]];
    for (const layer of [...kLayers].reverse()) {
      const found = this.m_map.queryRenderedFeatures(layer === 'records-fill' ? [x, y] : around, { layers: [layer] })[0];
      if (found) return String(found.properties.id);
    }
    return null;
  }
  private add(): void {
    this.m_map.addSource(kSource, { type: 'geojson', data: this.m_data });
    const chosen = ['boolean', ['get', 'chosen'], false] as never;
    this.m_map.addLayer({ id: 'records-fill', type: 'fill', source: kSource, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-opacity': ['case', chosen, 0.35, 0.18] } });
    this.m_map.addLayer({ id: 'records-line', type: 'line', source: kSource, filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-width': ['case', chosen, 3, 1.5] } });
    this.m_map.addLayer({ id: 'records-point', type: 'circle', source: kSource, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': ['case', chosen, 7, 5], 'circle-stroke-width': 1.5 } });
    this.paint();
  }
  private paint(): void {
    const { selection, zones, casing } = palettes[this.m_theme];
    const colour = ['case', ['boolean', ['get', 'chosen'], false], selection, zones.anchorage] as never;
    this.m_map.setPaintProperty('records-fill', 'fill-color', colour);
    this.m_map.setPaintProperty('records-line', 'line-color', colour);
    this.m_map.setPaintProperty('records-point', 'circle-color', colour);
    this.m_map.setPaintProperty('records-point', 'circle-stroke-color', casing);
  }

  setTheme(theme: Theme): void {
    this.m_theme = theme;
    if (this.m_ready) this.paint();
  }
  set(rows: RecordRow[], field: string, chosen: string | null): void {
    const features: GeoJSON.Feature[] = [];
    for (const row of rows) {
      const geometry = row.fields[field] as GeoJSON.Geometry | null | undefined;
      if (geometry) features.push({ type: 'Feature', properties: { id: row.id, chosen: row.id === chosen }, geometry });
    }
    this.m_data = { type: 'FeatureCollection', features };
    if (this.m_ready) this.source()?.setData(this.m_data);
  }

  static boundsOf(rows: RecordRow[], field: string): Box | null {
    const box = { west: 180, south: 90, east: -180, north: -90 };
    const visit = (value: unknown): void => {
      if (!Array.isArray(value)) return;
      if (typeof value[0] === 'number' && typeof value[1] === 'number') {
        box.west = Math.min(box.west, value[0]);
        box.east = Math.max(box.east, value[0]);
        box.south = Math.min(box.south, value[1]);
        box.north = Math.max(box.north, value[1]);
      } else value.forEach(visit);
    };
    for (const row of rows) visit((row.fields[field] as { coordinates?: unknown } | null)?.coordinates);
    return box.west <= box.east ? box : null;
  }
}
