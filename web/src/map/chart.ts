// SPDX-License-Identifier: Apache-2.0
// Chart: the map of one page. Owns MapLibre, the vessel layer and the overlay; north up, flat.
// What it shows is told by the page; what the person does comes back through `on`.
import { Map as MapLibreMap, setWorkerUrl, type GeoJSONSource, type PointLike } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { spent } from '$/state/live.svelte';
import { record } from '$/state/metrics';
import type { Theme } from '$/state/settings.svelte';
import { mercatorX, mercatorY, type Fleet } from '$/stream/fleet';
import type { RasterFile } from '$/api/positions';
import { loadCoast } from './coast';
import { everything, shows } from './filter';
import { kinds } from './kinds';
import { DensityLayer, type Grid } from './density_layer';
import { densityColours, densityGrid, spread } from './density_scale';
import { AreaEdit, type AreaEditEvents } from './area_edit';
import { Drawing, type DrawEvents, type DrawMode, type Ring } from './drawing';
import type { Box } from './graticule';
import { LinesLayer, type LineBuilder } from './lines_layer';
import { Overlay, type OverlayState, type Place } from './overlay';
import { palettes } from './palette';
import { kLowest, makeStyle, paintTheme, showZoneKinds, type ZoneKind } from './style';
import { VesselLayer } from './vessel_layer';

setWorkerUrl(workerUrl);

export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export interface ChartEvents {
  /** The view has come to rest. */
  view?(view: View, box: Box): void;
  /** Each frame in which the view differs. */
  move?(): void;
  pick?(handle: number | null): void;
  hover?(handle: number | null, x: number, y: number): void;
  pointer?(lon: number, lat: number, x: number, y: number): void;
  /** Without WebGL2, or the coast cannot be loaded. */
  trouble?(what: 'webgl' | 'coast'): void;
}

export interface ChartOptions {
  view: View;
  theme: Theme;
  fleet: Fleet | null;
  /** False for a small map: it is moved by hand but picks nothing. */
  picks?: boolean;
}

const kPickPx = 14;
const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export function hasWebGl2(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

export class Chart {
  readonly map: MapLibreMap;
  /** Of the selected vessel. */
  readonly track = new LinesLayer('track');
  /** Of all vessels in view. */
  readonly tails = new LinesLayer('tails');
  readonly density = new DensityLayer();
  /** Null: the colours are the page's own. */
  private m_densityClasses: number | null = 0;
  private m_drawing: Drawing | null = null;
  private m_edit: AreaEdit | null = null;
  private readonly m_layer: VesselLayer | null = null;
  private readonly m_overlay: Overlay;
  private readonly m_state: OverlayState;
  private readonly m_ready: Promise<void>;
  private m_styled = false;
  private m_counting = false;

  constructor(
    container: HTMLElement,
    options: ChartOptions,
    private readonly m_on: ChartEvents = {},
  ) {
    this.map = new MapLibreMap({
      container,
      style: makeStyle(options.theme),
      center: [options.view.lon, options.view.lat],
      zoom: options.view.zoom,
      minZoom: 2,
      maxZoom: 18,
      attributionControl: false,
      dragRotate: false,
      touchPitch: false,
      pitchWithRotate: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      canvasContextAttributes: { antialias: true },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.m_state = {
      fleet: options.fleet, filter: everything, nowMs: 0, selected: null, theme: options.theme,
      graticule: true, names: true, places: [], marks: [],
    };
    this.m_overlay = new Overlay(this.map);
    this.map.getCanvasContainer().appendChild(this.m_overlay.canvas);
    if (options.fleet) {
      this.m_layer = new VesselLayer(options.fleet);
      this.m_layer.theme = options.theme;
    }
    this.m_ready = new Promise((resolve) => this.map.once('load', () => resolve()));
    void this.m_ready.then(() => this.styled());
    this.listen(options.picks ?? true);
  }

  private styled(): void {
    this.m_styled = true;
    this.paintLines();
    this.map.addLayer(this.density, kLowest);
    if (this.m_layer) {
      this.map.addLayer(this.tails);
      this.map.addLayer(this.track);
      this.map.addLayer(this.m_layer);
    }
    this.source('zones');
    this.tellView();
    loadCoast().then(
      (coast) => {
        this.source('land')?.setData(coast.land);
        this.source('shore')?.setData(coast.shore);
      },
      () => this.m_on.trouble?.('coast'),
    );
  }

  private source(name: string): GeoJSONSource | undefined {
    return this.map.getSource<GeoJSONSource>(name);
  }

  private listen(picks: boolean): void {
    const map = this.map;
    map.on('render', () => this.drawn());
    map.on('moveend', () => this.tellView());
    map.on('move', () => this.m_on.move?.());
    map.on('webglcontextlost', () => this.m_on.trouble?.('webgl'));
    if (!picks) return;
    map.on('click', (event) => !this.m_drawing && this.m_on.pick?.(this.pick(event.point.x, event.point.y)));
    map.on('mousemove', (event) => {
      const handle = this.m_drawing ? null : this.pick(event.point.x, event.point.y);
      if (!this.m_drawing) map.getCanvas().style.cursor = handle === null ? '' : 'pointer';
      this.m_on.pointer?.(event.lngLat.lng, event.lngLat.lat, event.point.x, event.point.y);
      this.m_on.hover?.(handle, event.point.x, event.point.y);
    });
    map.on('mouseout', () => this.m_on.hover?.(null, 0, 0));
  }

  /** After MapLibre and the vessel layer have drawn: the overlay, and the account of script time
   *  of our part: reading the frames, filling and drawing the layer, the overlay. */
  private drawn(): void {
    const start = performance.now();
    this.m_overlay.draw(this.m_state);
    if (!this.m_layer || !this.m_counting) return;
    this.m_counting = false;
    const ms = performance.now() - start + this.m_layer.renderMs;
    record('draw', ms);
    record('update', ms + spent.ms);
    spent.ms = 0;
  }

  /** Vessels have changed: draw with the next frame of the screen. */
  redraw(): void {
    if (!this.m_styled) return;
    this.m_counting = true;
    this.map.triggerRepaint();
  }

  get state(): Readonly<OverlayState> {
    return this.m_state;
  }

  set(change: Partial<Omit<OverlayState, 'theme' | 'places' | 'marks'>> & { hovered?: number | null; vectors?: boolean }): void {
    const { hovered, vectors, ...state } = change;
    Object.assign(this.m_state, state);
    const layer = this.m_layer;
    if (layer) {
      if (state.fleet && state.fleet !== layer.fleet) layer.fleet = state.fleet;
      layer.filter = this.m_state.filter;
      layer.nowMs = this.m_state.nowMs;
      layer.selected = this.m_state.selected;
      if (hovered !== undefined) layer.hovered = hovered;
      if (vectors !== undefined) layer.vectors = vectors;
    }
    if (this.m_styled) this.map.triggerRepaint();
  }

  setTheme(theme: Theme): void {
    if (this.m_state.theme === theme) return;
    this.m_state.theme = theme;
    if (this.m_layer) this.m_layer.theme = theme;
    this.paintLines();
    void this.m_ready.then(() => paintTheme(this.map, theme));
  }

  private paintLines(): void {
    const theme = this.m_state.theme;
    for (const layer of [this.track, this.tails]) {
      layer.gapColour = palettes[theme].trackGap;
      layer.casing = palettes[theme].casing;
    }
    this.track.widthPx = 4;
    this.track.cased = true;
    this.tails.widthPx = 1.3;
    this.tails.opacity = theme === 'day' ? 0.75 : 0.7;
    if (this.m_densityClasses !== null) this.density.colours = spread(densityColours[theme], this.m_densityClasses);
    this.tails.colours = kinds.map((kind) => kind[theme]);
  }

  setPlaces(places: Place[]): void {
    this.m_state.places = places;
    this.map.triggerRepaint();
  }

  setMarks(marks: Place[]): void {
    this.m_state.marks = marks;
    this.map.triggerRepaint();
  }

  setZones(zones: GeoJSON.FeatureCollection, shown: (kind: ZoneKind) => boolean): void {
    void this.m_ready.then(() => {
      this.source('zones')?.setData(zones);
      showZoneKinds(this.map, shown);
    });
  }

  showZones(shown: (kind: ZoneKind) => boolean): void {
    void this.m_ready.then(() => showZoneKinds(this.map, shown));
  }

  /** Null: no track. Colours by the index of each vertex. */
  setTrack(lines: LineBuilder | null, colours: string[]): void {
    this.track.colours = colours;
    this.track.set('track', lines);
  }

  /** The least count of each class; null: no density. */
  setDensity(raster: RasterFile | null, bounds: number[]): void {
    this.m_densityClasses = bounds.length;
    this.paintLines();
    this.density.set(raster && bounds.length > 0 ? densityGrid(raster, bounds) : null);
  }

  /** A grid of the page's own classes, with a colour for each; null: none. */
  setGrid(grid: Grid | null, colours: string[]): void {
    this.m_densityClasses = null;
    this.density.colours = colours;
    this.density.set(grid);
  }

  setArea(area: GeoJSON.FeatureCollection | null): void {
    void this.m_ready.then(() => this.source('area')?.setData(area ?? empty));
  }
  /** Ends a drawing that is under way; null: no new one. */
  draw(mode: DrawMode | null, on?: DrawEvents): void {
    this.m_drawing?.end();
    this.m_drawing = mode && on ? new Drawing(this.map, mode, on) : null;
  }

  /** Handles on the corners of an area; null: none. */
  editArea(ring: Ring | null, on?: AreaEditEvents): void {
    if (ring && on) {
      this.m_edit ??= new AreaEdit(this.map, on);
      this.m_edit.show(ring);
    } else {
      this.m_edit?.end();
      this.m_edit = null;
    }
  }

  /** Positions that a finding used. */
  setUsed(used: GeoJSON.FeatureCollection | null): void {
    void this.m_ready.then(() => this.source('used')?.setData(used ?? empty));
  }

  flyTo(lat: number, lon: number, zoom = this.map.getZoom()): void {
    this.map.easeTo({ center: [lon, lat], zoom, duration: 400 });
  }

  fit(box: Box, padding: number, maxZoom = 13): void {
    this.map.fitBounds([box.west, box.south, box.east, box.north], { padding, maxZoom, duration: 0 });
  }

  view(): View {
    const centre = this.map.getCenter();
    return { lon: centre.lng, lat: centre.lat, zoom: this.map.getZoom() };
  }

  box(): Box {
    const bounds = this.map.getBounds();
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
  }

  /** Where a position lies on the container, CSS pixels. */
  pixel(lat: number, lon: number): { x: number; y: number } {
    return this.map.project([lon, lat]);
  }

  private pick(x: number, y: number): number | null {
    const { fleet, filter, nowMs } = this.m_state;
    if (!fleet) return null;
    const at = this.map.unproject([x, y] as PointLike);
    const world = 512 * 2 ** this.map.getZoom();
    const slot = fleet.nearest(mercatorX(at.lng), mercatorY(at.lat), kPickPx / world, (s) => shows(filter, fleet, s, nowMs));
    return slot < 0 ? null : fleet.handle[slot]!;
  }

  private tellView(): void {
    this.m_on.view?.(this.view(), this.box());
  }

  destroy(): void {
    this.m_drawing?.end();
    this.m_edit?.end();
    this.map.remove();
  }
}
