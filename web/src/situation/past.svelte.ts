// SPDX-License-Identifier: Apache-2.0
// The past on the map: one picture of the archive at the chosen instant, then the positions after
// it as received, applied in order while it plays. Nothing is drawn between two received positions.
import { api } from '$/api/client';
import { cogAt, headingAt, latAt, lonAt, readPositions, sogAt, timeAt, type PositionFile } from '$/api/positions';
import type { Box } from '$/map/graticule';
import { kindNumber } from '$/map/kinds';
import { rows, isActNow } from '$/state/findings.svelte';
import { fleet as liveFleet } from '$/state/live.svelte';
import { measured } from '$/state/metrics';
import { failed } from '$/state/notes.svelte';
import { zones } from '$/state/rules.svelte';
import { Fleet, Flag, type Vessel } from '$/stream/fleet';
import { Berths } from './berth';
import type { ZoneFeature } from './zones';

/** How far ahead positions are fetched, in seconds on the wall, but never more than a day. */
const kAheadS = 12;
const kLeastAheadMs = 120_000;
const kMostAheadMs = 86_400_000;
/** Pictures of a second; time goes on with each frame of the screen, this is for the vessels. */
const kFrameMs = 100;

/** Times real time. */
export const playSpeeds = [1, 10, 60, 300, 1200, 3600] as const;

interface Due {
  time: number;
  vessel: Vessel;
}

export class Past {
  readonly fleet = new Fleet();
  /** Instant on the screen, ms; null = live. */
  time = $state<number | null>(null);
  playing = $state(false);
  speed = $state(60);
  loading = $state(false);

  private m_due: Due[] = [];
  private m_next = 0;
  private m_fetchedTo = 0;
  private m_fetching = false;
  private m_asked = 0;
  private m_timer = 0;
  private m_stepped = 0;
  private m_handles = new Map<string, number>();
  private m_ownHandle = 1_000_000;
  private m_berths = new Berths([]);
  private m_berthsOf: unknown = null;

  constructor(
    private readonly m_box: () => Box,
    private readonly m_changed: () => void,
    private readonly m_now: () => number,
  ) {}

  /** Shows the picture of an instant. */
  async show(time: number): Promise<void> {
    this.time = time;
    const mine = ++this.m_asked;
    this.loading = true;
    try {
      const picture = await api.get('/picture', { query: { at: new Date(time).toISOString() } });
      if (mine !== this.m_asked) return;
      const base = Date.parse(picture.base_time);
      this.fleet.clear();
      const c = picture.columns;
      picture.tracks.forEach((track, i) => {
        this.put({
          handle: this.handleOf(track, picture.handles[i] ?? null),
          time: base + c.t[i]!, lat: c.lat[i]!, lon: c.lon[i]!,
          sog: c.sog_kn[i] ?? null, cog: c.cog_deg[i] ?? null, heading: c.heading_deg[i] ?? null,
          kind: picture.kinds[i]!, source: c.source[i]!, name: picture.names[i]!, track,
          record: picture.vessel_ids[i] ?? '', flags: 0, lengthM: null, navStatus: null, district: '',
        });
      });
      this.m_due = [];
      this.m_next = 0;
      this.m_fetchedTo = time;
      this.markFindings();
      this.m_changed();
    } catch (error) {
      failed(error);
      this.pause();
    } finally {
      if (mine === this.m_asked) this.loading = false;
    }
  }

  play(speed = this.speed): void {
    if (this.time === null) return;
    this.speed = speed;
    this.playing = true;
    cancelAnimationFrame(this.m_timer);
    this.m_stepped = performance.now();
    const frame = () => {
      this.m_timer = requestAnimationFrame(frame);
      const passed = performance.now() - this.m_stepped;
      if (passed < kFrameMs) return;
      this.m_stepped += passed;
      // A page that slept goes on where it was.
      measured('play', () => this.step(Math.min(passed, 5 * kFrameMs)));
    };
    this.m_timer = requestAnimationFrame(frame);
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.m_timer);
  }

  /** Back to the live picture. */
  leave(): void {
    this.pause();
    ++this.m_asked;
    this.loading = false;
    this.time = null;
    this.m_due = [];
    this.m_changed();
  }

  private step(passedMs: number): void {
    if (this.time === null || this.loading) return;
    const aheadMs = Math.min(kMostAheadMs, Math.max(kLeastAheadMs, kAheadS * 1000 * this.speed));
    if (!this.m_fetching && this.time + aheadMs / 2 > this.m_fetchedTo) void this.fetch(this.m_fetchedTo, this.m_fetchedTo + aheadMs);
    const next = this.time + passedMs * this.speed;
    // What has not arrived yet is waited for, not skipped.
    if (next > this.m_fetchedTo) return;
    if (next >= this.m_now()) {
      this.leave();
      return;
    }
    this.time = next;
    let moved = false;
    for (; this.m_next < this.m_due.length && this.m_due[this.m_next]!.time <= next; ++this.m_next) {
      this.put(this.m_due[this.m_next]!.vessel);
      moved = true;
    }
    if (moved) this.markFindings();
    this.m_changed();
  }

  private async fetch(from: number, to: number): Promise<void> {
    this.m_fetching = true;
    const mine = this.m_asked;
    const box = this.m_box();
    const bbox = [box.west, box.south, box.east, box.north].map((value) => value.toFixed(4)).join(',');
    try {
      const answer = await api.bytes('/archive/positions', {
        query: {
          bbox, from: new Date(from).toISOString(), to: new Date(to).toISOString(),
          thin_s: Math.max(0, Math.floor(this.speed / 5)), limit: 200_000, format: 'binary',
        },
      });
      if (mine === this.m_asked) this.take(readPositions(answer), to);
    } catch (error) {
      if (mine === this.m_asked) {
        failed(error);
        this.pause();
      }
    } finally {
      this.m_fetching = false;
    }
  }

  private take(file: PositionFile, to: number): void {
    const fresh: Due[] = this.m_due.slice(this.m_next);
    for (const one of file.tracks) {
      const handle = this.handleOf(one.track, one.handle ?? null);
      const kind = kindNumber(one.kind);
      for (let i = one.begin; i < one.begin + one.count; ++i) {
        const vessel: Vessel = {
          handle, time: timeAt(file, i), lat: latAt(file, i), lon: lonAt(file, i), sog: sogAt(file, i), cog: cogAt(file, i), heading: headingAt(file, i),
          kind, source: 0, name: one.name, track: one.track, record: one.vessel_id ?? '', flags: 0, lengthM: null, navStatus: null, district: '',
        };
        fresh.push({ time: vessel.time, vessel });
      }
    }
    fresh.sort((a, b) => a.time - b.time);
    this.m_due = fresh;
    this.m_next = 0;
    this.m_fetchedTo = to;
  }

  /** Handles of the live picture where there are some, so that a selection stays. */
  private handleOf(track: string, handle: number | null): number {
    if (handle !== null) return handle;
    let own = this.m_handles.get(track);
    if (own === undefined) this.m_handles.set(track, (own = this.m_ownHandle++));
    return own;
  }

  private put(vessel: Vessel): void {
    const slot = liveFleet.slot(vessel.handle);
    let flags = vessel.record ? Flag.claimed : 0;
    if (this.berths().lies(vessel.lat, vessel.lon, vessel.sog)) flags |= Flag.atBerth;
    if (slot >= 0) {
      flags |= liveFleet.flags[slot]! & (Flag.classB | Flag.severalTerminals);
      vessel.district = liveFleet.district[slot]!;
    }
    vessel.flags = flags;
    this.fleet.put(vessel);
  }

  /** Berths and halos anew: the zones and findings of a page just opened may come after its picture. */
  remark(): void {
    const berths = this.berths();
    for (let slot = 0; slot < this.fleet.count; ++slot) {
      const { lat, lon, sog } = this.fleet.at(slot);
      const rest = this.fleet.flags[slot]! & ~Flag.atBerth;
      this.fleet.setFlags(slot, rest | (berths.lies(lat, lon, sog) ? Flag.atBerth : 0));
    }
    this.markFindings();
    this.m_changed();
  }

  /** Made anew when another rule pack has brought other zones. */
  private berths(): Berths {
    const features = zones();
    if (features !== this.m_berthsOf) {
      this.m_berthsOf = features;
      this.m_berths = new Berths((features?.features ?? []) as ZoneFeature[]);
    }
    return this.m_berths;
  }

  /** Halos as of the instant shown. */
  private markFindings(): void {
    const at = this.time;
    if (at === null) return;
    const marks = new Map<number, number>();
    for (const row of rows.values()) {
      if (row.status === 'retracted' || row.status === 'false_alarm') continue;
      if (Date.parse(row.begin) > at || (row.end && Date.parse(row.end) <= at)) continue;
      for (const { handle } of row.subjects) {
        if (handle === undefined) continue;
        marks.set(handle, (marks.get(handle) ?? 0) | Flag.finding | (isActNow(row) ? Flag.actNow : 0));
      }
    }
    for (let slot = 0; slot < this.fleet.count; ++slot) {
      const before = this.fleet.flags[slot]!;
      const rest = before & ~(Flag.finding | Flag.actNow);
      this.fleet.setFlags(slot, rest | (marks.get(this.fleet.handle[slot]!) ?? 0));
    }
  }
}
