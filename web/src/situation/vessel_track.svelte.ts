// SPDX-License-Identifier: Apache-2.0
// The track of the selected vessel: asked of the archive as bytes, longer spans thinned to what a
// screen can show, continued with the stream.
import { api } from '$/api/client';
import { readPositions } from '$/api/positions';
import { record } from '$/state/metrics';
import type { Vessel } from '$/stream/fleet';
import { TrackRows } from './track';

/** 3 h to 30 days. */
export const trackHours = [3, 12, 24, 72, 168, 720] as const;
/** About as many rows as are asked of a span that reports all the time. */
const kRows = 43_200;

export class VesselTrack {
  rows = $state.raw<TrackRows | null>(null);
  loading = $state(false);
  error = $state<unknown>(null);
  /** From the question to the lines, ms. */
  tookMs = $state<number | null>(null);

  private m_asked = 0;
  private m_abort: AbortController | null = null;

  /** `vessel`: record id or track. */
  async load(vessel: string, hours: number, end: number): Promise<void> {
    const mine = ++this.m_asked;
    this.m_abort?.abort();
    this.m_abort = new AbortController();
    this.loading = true;
    this.error = null;
    const begun = performance.now();
    const spanS = hours * 3600;
    try {
      const bytes = await api.bytes('/vessels/{vessel}/positions', {
        path: { vessel },
        query: {
          from: new Date(end - spanS * 1000).toISOString(), to: new Date(end + 1).toISOString(),
          thin_s: hours > 12 ? Math.round(spanS / kRows) : 0, limit: 100_000, format: 'binary',
        },
        signal: this.m_abort.signal,
      });
      if (mine !== this.m_asked) return;
      this.rows = new TrackRows(readPositions(bytes));
      this.tookMs = performance.now() - begun;
      record('track', this.tookMs);
    } catch (error) {
      if (mine === this.m_asked) this.error = error;
    } finally {
      if (mine === this.m_asked) this.loading = false;
    }
  }

  clear(): void {
    ++this.m_asked;
    this.m_abort?.abort();
    this.rows = null;
    this.error = null;
    this.loading = false;
  }

  /** The newest position of a live vessel. */
  follow(vessel: Vessel): void {
    const held = this.rows;
    if (!held || held.size === 0 || vessel.time <= held.last) return;
    this.rows = held.with({ time: vessel.time, lat: vessel.lat, lon: vessel.lon, sog: vessel.sog, cog: vessel.cog });
  }
}
