// SPDX-License-Identifier: Apache-2.0
// The corners of a drawn area as handles on the map: dragged, or moved with the arrow keys (with Shift by more), taken away with
// Delete or a double click, added at the middle of an edge. A rectangle stays one while its corners are moved.
import { Marker, type Map as MapLibreMap } from 'maplibre-gl';
import { boxRing, kMostCorners, type Ring } from './drawing';

const kStepPx = 1;
const kLongStepPx = 10;
/** After the last key of a row of arrow keys the area counts as changed. */
const kRestMs = 500;

export interface AreaEditEvents {
  /** While a corner moves. */
  draft(ring: Ring): void;
  /** It came to rest, or a corner was added or taken away. */
  done(ring: Ring): void;
  /** Back to the area before the last change. */
  undo(): void;
  /** What a handle is called; `index` from 0. */
  label(what: 'corner' | 'edge', index: number): string;
}

/** Along meridians and parallels, whichever corner comes first. */
function isRectangle(ring: Ring): boolean {
  if (ring.length !== 4) return false;
  const [a, b, c, d] = ring as [[number, number], [number, number], [number, number], [number, number]];
  const joins = (one: number, other: number) => a[one] === b[one] && b[other] === c[other] && c[one] === d[one] && d[other] === a[other];
  return joins(0, 1) || joins(1, 0);
}

export class AreaEdit {
  private m_ring: Ring = [];
  private m_corners: Marker[] = [];
  private m_edges: Marker[] = [];
  private m_timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly m_map: MapLibreMap,
    private readonly m_on: AreaEditEvents,
  ) {}

  /** Handles of this area; the focus stays on the corner that has it. */
  show(ring: Ring): void {
    if (this.m_timer !== null || same(ring, this.m_ring)) return;
    const focused = this.m_corners.findIndex((one) => one.getElement() === document.activeElement);
    this.build(ring, focused);
  }

  end(): void {
    this.rest(false);
    for (const one of [...this.m_corners, ...this.m_edges]) one.remove();
    this.m_corners = [];
    this.m_edges = [];
    this.m_ring = [];
  }

  private build(ring: Ring, focus: number): void {
    for (const one of [...this.m_corners, ...this.m_edges]) one.remove();
    this.m_ring = ring.map(([lon, lat]) => [lon, lat]);
    this.m_corners = ring.map((at, i) => this.corner(at, i));
    this.m_edges = ring.length < kMostCorners ? ring.map((_, i) => this.edge(i)) : [];
    if (focus >= 0) this.m_corners[Math.min(focus, ring.length - 1)]?.getElement().focus();
  }

  private handle(kind: 'corner' | 'edge', index: number, at: [number, number], draggable: boolean): Marker {
    const element = document.createElement('button');
    element.type = 'button';
    element.className = `area-handle ${kind}`;
    element.title = this.m_on.label(kind, index);
    element.setAttribute('aria-label', element.title);
    element.dataset.testid = `area-${kind}`;
    const marker = new Marker({ element, draggable }).setLngLat(at).addTo(this.m_map);
    // Marker makes it an image with a name of its own.
    element.removeAttribute('role');
    element.setAttribute('aria-label', element.title);
    return marker;
  }

  private corner(at: [number, number], index: number): Marker {
    const marker = this.handle('corner', index, at, true);
    marker.on('drag', () => this.move(index, marker.getLngLat().toArray()));
    marker.on('dragend', () => this.rest(true));
    const element = marker.getElement();
    element.addEventListener('click', (event) => event.stopPropagation());
    element.addEventListener('dblclick', (event) => {
      event.stopPropagation();
      this.remove(index);
    });
    element.addEventListener('keydown', (event) => this.key(event, index));
    return marker;
  }

  private edge(index: number): Marker {
    const marker = this.handle('edge', index, this.middle(index), false);
    marker.getElement().addEventListener('click', (event) => {
      event.stopPropagation();
      this.insert(index);
    });
    return marker;
  }

  private middle(index: number): [number, number] {
    const [a, b] = [this.m_ring[index]!, this.m_ring[(index + 1) % this.m_ring.length]!];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  }

  private move(index: number, to: [number, number]): void {
    const at: [number, number] = [Math.max(-180, Math.min(180, to[0])), Math.max(-85, Math.min(85, to[1]))];
    if (isRectangle(this.m_ring)) {
      const opposite = this.m_ring[(index + 2) % 4]!;
      if (at[0] === opposite[0] || at[1] === opposite[1]) return;
      // Corner by corner as before, also when it is dragged over the opposite one.
      this.m_ring = this.m_ring.map(([x, y]): [number, number] => [x === opposite[0] ? x : at[0], y === opposite[1] ? y : at[1]]);
    } else {
      this.m_ring[index] = at;
    }
    this.m_ring.forEach((corner, i) => this.m_corners[i]!.setLngLat(corner));
    this.m_edges.forEach((edge, i) => edge.setLngLat(this.middle(i)));
    this.m_on.draft(this.ring());
  }

  private key(event: KeyboardEvent, index: number): void {
    const arrows: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const arrow = arrows[event.key];
    if (arrow) {
      const step = event.shiftKey ? kLongStepPx : kStepPx;
      const at = this.m_map.project(this.m_ring[index]!);
      this.move(index, this.m_map.unproject([at.x + arrow[0] * step, at.y + arrow[1] * step]).toArray());
      if (this.m_timer !== null) clearTimeout(this.m_timer);
      this.m_timer = setTimeout(() => this.rest(true), kRestMs);
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
      this.rest();
      this.m_on.undo();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.remove(index);
    } else if (event.key === 'Insert' || event.key === '+') {
      this.insert(index);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private remove(index: number): void {
    if (this.m_ring.length <= 3) return;
    this.change(this.m_ring.filter((_, i) => i !== index), index);
  }
  private insert(index: number): void {
    if (this.m_ring.length >= kMostCorners) return;
    this.change([...this.m_ring.slice(0, index + 1), this.middle(index), ...this.m_ring.slice(index + 1)], index + 1);
  }
  private change(ring: Ring, focus: number): void {
    this.rest();
    this.build(ring, focus);
    this.m_on.done(this.ring());
  }

  /** Ends the wait for more arrow keys. */
  private rest(tell = this.m_timer !== null): void {
    if (this.m_timer !== null) clearTimeout(this.m_timer);
    this.m_timer = null;
    if (tell) this.m_on.done(this.ring());
  }

  /** A rectangle from its south-west corner on. */
  private ring(): Ring {
    const ring = this.m_ring.map(([lon, lat]): [number, number] => [lon, lat]);
    return isRectangle(ring) ? boxRing(ring[0]!, ring[2]!) : ring;
  }
}

/** Within what an address keeps of a corner. */
function same(a: Ring, b: Ring): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) < 1e-5;
  return a.length === b.length && a.every((corner, i) => near(corner[0], b[i]![0]) && near(corner[1], b[i]![1]));
}
