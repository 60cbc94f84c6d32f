// SPDX-License-Identifier: Apache-2.0
// Drawing an area on the map: a rectangle by dragging, a polygon by clicking its corners (Enter,
// double click or a click on the first corner ends it, Backspace takes the last one back). While it
// lasts the map is not dragged and picks no vessel. Esc is the page's: it calls end().
import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl';

/** Corners, longitude first, not closed. */
export type Ring = [number, number][];
export type DrawMode = 'box' | 'polygon';

const kClosePx = 10;
const kLeastPx = 4;
export const kMostCorners = 100;

export interface DrawEvents {
  /** While it is drawn. */
  draft(ring: Ring): void;
  done(ring: Ring): void;
}

export function boxRing(a: [number, number], b: [number, number]): Ring {
  const [west, east] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [south, north] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  return [[west, south], [east, south], [east, north], [west, north]];
}

export class Drawing {
  private m_corners: Ring = [];
  private m_anchor: { x: number; y: number } | null = null;
  private readonly m_undo: (() => void)[] = [];

  constructor(
    private readonly m_map: MapLibreMap,
    readonly mode: DrawMode,
    private readonly m_on: DrawEvents,
  ) {
    const map = m_map;
    map.dragPan.disable();
    map.doubleClickZoom.disable();
    map.boxZoom.disable();
    map.getCanvas().style.cursor = 'crosshair';
    if (mode === 'box') {
      this.listen('mousedown', (event) => this.begin(event));
      this.listen('mousemove', (event) => this.stretch(event));
      this.listen('mouseup', (event) => this.finishBox(event));
    } else {
      this.listen('click', (event) => this.corner(event));
      this.listen('mousemove', (event) => this.m_on.draft([...this.m_corners, this.place(event)]));
      this.listen('dblclick', (event) => {
        event.preventDefault();
        this.finish();
      });
    }
    const keys = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && mode === 'polygon') this.finish();
      else if (event.key === 'Backspace') this.back();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    // Before the buttons that still have the focus.
    window.addEventListener('keydown', keys, true);
    this.m_undo.push(() => window.removeEventListener('keydown', keys, true));
  }

  end(): void {
    for (const undo of this.m_undo.splice(0)) undo();
    this.m_map.dragPan.enable();
    this.m_map.doubleClickZoom.enable();
    this.m_map.boxZoom.enable();
    this.m_map.getCanvas().style.cursor = '';
  }

  back(): void {
    this.m_corners.pop();
    this.m_on.draft([...this.m_corners]);
  }

  private listen(name: 'mousedown' | 'mousemove' | 'mouseup' | 'click' | 'dblclick', told: (event: MapMouseEvent) => void): void {
    this.m_map.on(name, told);
    this.m_undo.push(() => this.m_map.off(name, told));
  }
  private place(event: MapMouseEvent): [number, number] {
    return [event.lngLat.lng, event.lngLat.lat];
  }

  private begin(event: MapMouseEvent): void {
    if (event.originalEvent.button !== 0) return;
    this.m_corners = [this.place(event)];
    this.m_anchor = event.point;
  }
  private stretch(event: MapMouseEvent): void {
    if (this.m_anchor) this.m_on.draft(boxRing(this.m_corners[0]!, this.place(event)));
  }
  private finishBox(event: MapMouseEvent): void {
    const anchor = this.m_anchor;
    this.m_anchor = null;
    if (!anchor) return;
    const small = Math.abs(event.point.x - anchor.x) < kLeastPx || Math.abs(event.point.y - anchor.y) < kLeastPx;
    if (small) this.m_on.draft([]);
    else this.m_on.done(boxRing(this.m_corners[0]!, this.place(event)));
  }

  private corner(event: MapMouseEvent): void {
    const first = this.m_corners[0];
    if (first && this.m_corners.length >= 3) {
      const at = this.m_map.project(first);
      if (Math.hypot(at.x - event.point.x, at.y - event.point.y) < kClosePx) return this.finish();
    }
    const last = this.m_corners.at(-1);
    const here = this.place(event);
    // The second click of a double click adds no corner.
    if (last && Math.hypot(this.m_map.project(last).x - event.point.x, this.m_map.project(last).y - event.point.y) < 2) return;
    if (this.m_corners.length < kMostCorners) this.m_corners.push(here);
    this.m_on.draft([...this.m_corners]);
  }
  private finish(): void {
    if (this.m_corners.length >= 3) this.m_on.done([...this.m_corners]);
  }
}
