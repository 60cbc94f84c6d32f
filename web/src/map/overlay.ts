// SPDX-License-Identifier: Apache-2.0
// Texts and the graticule, drawn on a canvas above the map with the machine's own fonts, so that no
// glyph files are needed. Labels are placed in order of importance and never overlap.
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Theme } from '$/state/settings.svelte';
import { Flag, latitude, mercatorX, mercatorY, type Fleet } from '$/stream/fleet';
import { shows, type VesselFilter } from './filter';
import { lineLabel, lines, stepMinutes } from './graticule';
import { palettes, type Palette } from './palette';

export interface Place {
  /** Mercator. */
  x: number;
  y: number;
  text: string;
  kind: string;
  /** Drawn from this zoom on. */
  minZoom: number;
  colour?: string;
}

export interface OverlayState {
  fleet: Fleet | null;
  filter: VesselFilter;
  nowMs: number;
  selected: number | null;
  theme: Theme;
  graticule: boolean;
  names: boolean;
  places: Place[];
  /** Times along the track of the selected vessel. */
  marks: Place[];
}

const kFont = '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",system-ui,sans-serif';
const kMostNames = 240;
/** All names from this zoom on; below only vessels with a finding and the selected one. */
const kAllNamesZoom = 11.5;
const kCellPx = 64;

/** Rectangles already taken, in a grid so that a look-up touches few of them. */
class Taken {
  private readonly m_cells = new Map<number, number[][]>();
  tryTake(x0: number, y0: number, x1: number, y1: number): boolean {
    const keys: number[] = [];
    for (let cx = Math.floor(x0 / kCellPx); cx <= Math.floor(x1 / kCellPx); ++cx) {
      for (let cy = Math.floor(y0 / kCellPx); cy <= Math.floor(y1 / kCellPx); ++cy) keys.push(cx * 4096 + cy);
    }
    for (const key of keys) {
      for (const [a0, b0, a1, b1] of this.m_cells.get(key) ?? []) {
        if (x0 < a1! && x1 > a0! && y0 < b1! && y1 > b0!) return false;
      }
    }
    for (const key of keys) {
      const cell = this.m_cells.get(key);
      if (cell) cell.push([x0, y0, x1, y1]);
      else this.m_cells.set(key, [[x0, y0, x1, y1]]);
    }
    return true;
  }
}

export class Overlay {
  readonly canvas = document.createElement('canvas');
  private readonly m_pen = this.canvas.getContext('2d')!;
  private m_taken = new Taken();
  private m_palette: Palette = palettes.day;
  private m_zoom = 0;
  private m_world = 0;
  private m_left = 0;
  private m_top = 0;
  private m_width = 0;
  private m_height = 0;
  private readonly m_widths = new Map<string, number>();

  constructor(private readonly m_map: MapLibreMap) {
    this.canvas.className = 'chart-overlay';
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  draw(state: OverlayState): void {
    this.frame();
    this.m_palette = palettes[state.theme];
    this.m_taken = new Taken();
    if (state.graticule) this.drawGraticule();
    this.drawMarks(state.marks);
    if (state.fleet) this.drawNames(state, state.fleet);
    this.drawPlaces(state.places);
  }

  /** Where a mercator point lies on the canvas, CSS pixels. */
  private at(x: number, y: number): [number, number] {
    return [x * this.m_world - this.m_left, y * this.m_world - this.m_top];
  }

  private frame(): void {
    const shown = this.m_map.getCanvas();
    this.m_width = shown.clientWidth;
    this.m_height = shown.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(this.m_width * ratio), Math.round(this.m_height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.m_pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.m_pen.clearRect(0, 0, this.m_width, this.m_height);
    this.m_zoom = this.m_map.getZoom();
    this.m_world = 512 * 2 ** this.m_zoom;
    const centre = this.m_map.getCenter();
    this.m_left = mercatorX(centre.lng) * this.m_world - this.m_width / 2;
    this.m_top = mercatorY(centre.lat) * this.m_world - this.m_height / 2;
  }

  private text(text: string, x: number, y: number, colour: string): void {
    this.m_pen.lineWidth = 3;
    this.m_pen.lineJoin = 'round';
    this.m_pen.strokeStyle = this.m_palette.halo;
    this.m_pen.strokeText(text, x, y);
    this.m_pen.fillStyle = colour;
    this.m_pen.fillText(text, x, y);
  }

  private width(text: string): number {
    const key = `${this.m_pen.font}|${text}`;
    let width = this.m_widths.get(key);
    if (width === undefined) {
      if (this.m_widths.size > 20_000) this.m_widths.clear();
      this.m_widths.set(key, (width = this.m_pen.measureText(text).width));
    }
    return width;
  }

  private drawGraticule(): void {
    const lonSpan = (this.m_width / this.m_world) * 360;
    const west = (this.m_left / this.m_world - 0.5) * 360;
    const north = latitude(this.m_top / this.m_world);
    const south = latitude((this.m_top + this.m_height) / this.m_world);
    const step = stepMinutes(lonSpan, this.m_width / 170);
    const pen = this.m_pen;
    pen.strokeStyle = this.m_palette.grid;
    pen.lineWidth = 1;
    pen.font = `11px ${kFont}`;
    pen.textBaseline = 'alphabetic';
    pen.beginPath();
    const meridians = lines(west, west + lonSpan, step);
    const parallels = lines(south, north, step);
    for (const lon of meridians) {
      const x = Math.round(this.at(mercatorX(lon), 0)[0]) + 0.5;
      pen.moveTo(x, 0);
      pen.lineTo(x, this.m_height);
    }
    for (const lat of parallels) {
      const y = Math.round(this.at(0, mercatorY(lat))[1]) + 0.5;
      pen.moveTo(0, y);
      pen.lineTo(this.m_width, y);
    }
    pen.stroke();
    pen.textAlign = 'left';
    for (const lon of meridians) {
      const x = this.at(mercatorX(lon), 0)[0];
      const label = lineLabel(lon, 'E', 'W');
      if (this.m_taken.tryTake(x, 0, x + 56, 16)) this.text(label, x + 4, 12, this.m_palette.gridText);
    }
    for (const lat of parallels) {
      const y = this.at(0, mercatorY(lat))[1];
      const label = lineLabel(lat, 'N', 'S');
      const left = this.m_width - this.width(label) - 6;
      if (this.m_taken.tryTake(left, y - 16, this.m_width, y)) this.text(label, left, y - 4, this.m_palette.gridText);
    }
  }

  private drawMarks(marks: Place[]): void {
    this.m_pen.font = `11px ${kFont}`;
    this.m_pen.textAlign = 'left';
    this.m_pen.textBaseline = 'middle';
    for (const mark of marks) {
      const [x, y] = this.at(mark.x, mark.y);
      if (!this.inside(x, y)) continue;
      const width = this.width(mark.text);
      if (!this.m_taken.tryTake(x - 4, y - 9, x + width + 10, y + 9)) continue;
      this.m_pen.fillStyle = this.m_palette.track;
      this.m_pen.beginPath();
      this.m_pen.arc(x, y, 3, 0, 7);
      this.m_pen.fill();
      this.text(mark.text, x + 7, y, this.m_palette.vesselText);
    }
  }

  private inside(x: number, y: number): boolean {
    return x > -20 && y > -20 && x < this.m_width + 20 && y < this.m_height + 20;
  }

  private drawNames(state: OverlayState, fleet: Fleet): void {
    const pen = this.m_pen;
    pen.textAlign = 'left';
    pen.textBaseline = 'middle';
    const all = state.names && this.m_zoom >= kAllNamesZoom;
    const slots: number[] = [];
    const rest: number[] = [];
    const [x0, y0] = [this.m_left / this.m_world, this.m_top / this.m_world];
    const [x1, y1] = [(this.m_left + this.m_width) / this.m_world, (this.m_top + this.m_height) / this.m_world];
    for (let slot = 0; slot < fleet.count; ++slot) {
      const x = fleet.x[slot]!;
      const y = fleet.y[slot]!;
      if (x < x0 || x > x1 || y < y0 || y > y1) continue;
      const important = (fleet.flags[slot]! & (Flag.finding | Flag.distress)) !== 0 && fleet.muted[slot] === 0;
      if (fleet.handle[slot] === state.selected) slots.unshift(slot);
      else if (important) slots.push(slot);
      else if (all && (fleet.flags[slot]! & Flag.atBerth) === 0) rest.push(slot);
      else if (all && this.m_zoom >= 14) rest.push(slot);
    }
    let left = kMostNames;
    for (const [i, slot] of [...slots, ...rest].entries()) {
      if (left === 0) break;
      if (!shows(state.filter, fleet, slot, state.nowMs) && fleet.handle[slot] !== state.selected) continue;
      if (this.drawName(fleet, slot, i < slots.length)) --left;
    }
  }

  private drawName(fleet: Fleet, slot: number, strong: boolean): boolean {
    const name = fleet.name[slot]!;
    if (!name) return false;
    this.m_pen.font = `${strong ? '600 12.5px' : '12px'} ${kFont}`;
    const [x, y] = this.at(fleet.x[slot]!, fleet.y[slot]!);
    const width = this.width(name);
    const gap = strong ? 20 : 13;
    for (const [left, middle] of [[x + gap, y], [x - gap - width, y], [x - width / 2, y - gap - 4], [x - width / 2, y + gap + 4]] as const) {
      if (!this.m_taken.tryTake(left - 1, middle - 8, left + width + 1, middle + 8)) continue;
      this.text(name, left, middle, this.m_palette.vesselText);
      return true;
    }
    return false;
  }

  private drawPlaces(places: Place[]): void {
    this.m_pen.textAlign = 'center';
    this.m_pen.textBaseline = 'middle';
    this.m_pen.font = `12px ${kFont}`;
    for (const place of places) {
      if (this.m_zoom < place.minZoom) continue;
      const [x, middle] = this.at(place.x, place.y);
      // Below a harbour, so that its ships stay visible.
      const y = place.kind === 'port' || place.kind === 'berth' ? middle + 15 : middle;
      if (!this.inside(x, y)) continue;
      const width = this.width(place.text);
      if (!this.m_taken.tryTake(x - width / 2 - 4, y - 9, x + width / 2 + 4, y + 9)) continue;
      this.text(place.text, x, y, place.colour ?? this.m_palette.placeText);
    }
  }
}
