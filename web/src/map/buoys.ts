// SPDX-License-Identifier: Apache-2.0
// Buoys and sensor stations on the chart: buttons that MapLibre keeps at their places, so that they
// are reached by keyboard too. A yellow special mark (IALA) with a value; grey and broken when
// silent, red when outside of the watch circle; the shape says it as well as the colour.
import { Marker, type Map as MapLibreMap } from 'maplibre-gl';

export interface Buoy {
  id: string;
  lat: number;
  lon: number;
  /** Beside the symbol; empty = none. */
  value: string;
  title: string;
  look: 'sound' | 'silent' | 'adrift';
  chosen: boolean;
}

const kSymbol =
  '<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path class="hull" d="M6 15h12l-2 5H8Z"/><path class="mast" d="M12 15V7"/><path class="top" d="M9 3l6 5M15 3 9 8"/></svg><span class="value"></span>';

interface Shown {
  marker: Marker;
  element: HTMLButtonElement;
}

export class Buoys {
  private readonly m_shown = new Map<string, Shown>();

  constructor(
    private readonly m_map: MapLibreMap,
    private readonly m_pick: (id: string) => void,
  ) {}

  show(buoys: Buoy[]): void {
    const left = new Set(this.m_shown.keys());
    for (const buoy of buoys) {
      left.delete(buoy.id);
      const shown = this.m_shown.get(buoy.id) ?? this.add(buoy);
      shown.marker.setLngLat([buoy.lon, buoy.lat]);
      shown.element.className = `maplibregl-marker buoy ${buoy.look}${buoy.chosen ? ' chosen' : ''}`;
      shown.element.title = buoy.title;
      shown.element.setAttribute('aria-label', buoy.title);
      shown.element.querySelector('.value')!.textContent = buoy.value;
    }
    for (const id of left) {
      this.m_shown.get(id)!.marker.remove();
      this.m_shown.delete(id);
    }
  }

  private add(buoy: Buoy): Shown {
    const element = document.createElement('button');
    element.type = 'button';
    element.innerHTML = kSymbol;
    element.dataset.testid = `buoy-${buoy.id}`;
    // The map below would take it as a click on nothing.
    element.addEventListener('click', (event) => {
      event.stopPropagation();
      this.m_pick(buoy.id);
    });
    const marker = new Marker({ element, anchor: 'center' }).setLngLat([buoy.lon, buoy.lat]).addTo(this.m_map);
    const shown = { marker, element };
    this.m_shown.set(buoy.id, shown);
    return shown;
  }

  end(): void {
    this.show([]);
  }
}
