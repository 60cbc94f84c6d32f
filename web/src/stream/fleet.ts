// SPDX-License-Identifier: Apache-2.0
// Fleet: the vessels on the screen, one column per value, so that 20,000 of them are applied and
// drawn without making an object each. Slots are dense; removing moves the last one into the hole.
// Positions are kept as received (1e-5 minute) and as spherical mercator (0..1) for the map.
import { kHeadBytes, type Head, type Strings } from './frame';

export const Flag = {
  atBerth: 1,
  finding: 2,
  distress: 4,
  claimed: 8,
  timeIsArrival: 16,
  classB: 32,
  severalTerminals: 64,
  actNow: 128,
} as const;
export const kAbsent = 65535;
/** 1e-5 minute in a degree. */
export const kUnitsPerDegree = 6_000_000;

export function mercatorX(lonDeg: number): number {
  return lonDeg / 360 + 0.5;
}
export function mercatorY(latDeg: number): number {
  const clamped = Math.max(-85.051129, Math.min(85.051129, latDeg));
  const s = Math.sin((clamped * Math.PI) / 180);
  return 0.5 - (0.25 * Math.log((1 + s) / (1 - s))) / Math.PI;
}
export function longitude(x: number): number {
  return (x - 0.5) * 360;
}
export function latitude(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

export interface Vessel {
  handle: number;
  time: number;
  lat: number;
  lon: number;
  /** Knots. */
  sog: number | null;
  /** Degrees true. */
  cog: number | null;
  heading: number | null;
  kind: number;
  flags: number;
  source: number;
  lengthM: number | null;
  navStatus: number | null;
  name: string;
  track: string;
  record: string;
  district: string;
}

const kFirstCapacity = 1024;

export class Fleet {
  count = 0;
  handle = new Uint32Array(kFirstCapacity);
  /** Milliseconds since 1970. */
  time = new Float64Array(kFirstCapacity);
  lat = new Int32Array(kFirstCapacity);
  lon = new Int32Array(kFirstCapacity);
  x = new Float64Array(kFirstCapacity);
  y = new Float64Array(kFirstCapacity);
  sog = new Uint16Array(kFirstCapacity);
  cog = new Uint16Array(kFirstCapacity);
  heading = new Uint16Array(kFirstCapacity);
  length = new Uint16Array(kFirstCapacity);
  kind = new Uint8Array(kFirstCapacity);
  flags = new Uint8Array(kFirstCapacity);
  nav = new Uint8Array(kFirstCapacity);
  source = new Uint8Array(kFirstCapacity);
  /** 1 = every open finding of it has been set aside by an officer: no halo. */
  muted = new Uint8Array(kFirstCapacity);
  readonly name: string[] = [];
  readonly track: string[] = [];
  readonly record: string[] = [];
  readonly district: string[] = [];
  /** Slots [dirtyFrom, dirtyTo) differ from what the map has drawn. */
  dirtyFrom = 0;
  dirtyTo = 0;
  /** Grows with every change. */
  revision = 0;

  private m_slotOf = new Int32Array(4096).fill(-1);
  private m_generation = new Uint32Array(kFirstCapacity);
  private m_now = 1;

  slot(handle: number): number {
    return handle < this.m_slotOf.length ? this.m_slotOf[handle]! : -1;
  }

  /** Applies a frame of kind `vessels`. */
  apply(buffer: ArrayBuffer, head: Head, strings: Strings): void {
    const u32 = new Uint32Array(buffer, kHeadBytes, head.count * 12);
    const i32 = new Int32Array(buffer, kHeadBytes, head.count * 12);
    const u16 = new Uint16Array(buffer, kHeadBytes, head.count * 24);
    const u8 = new Uint8Array(buffer, kHeadBytes, head.count * 48);
    for (let i = 0; i < head.count; ++i) {
      const w = i * 12;
      const slot = this.slotFor(u32[w]!);
      this.time[slot] = head.baseTime + i32[w + 1]!;
      this.place(slot, i32[w + 2]!, i32[w + 3]!);
      this.sog[slot] = u16[w * 2 + 8]!;
      this.cog[slot] = u16[w * 2 + 9]!;
      this.heading[slot] = u16[w * 2 + 10]!;
      this.kind[slot] = u8[w * 4 + 22]!;
      this.flags[slot] = u8[w * 4 + 23]!;
      this.name[slot] = strings.text(u32[w + 6]!);
      this.track[slot] = strings.text(u32[w + 7]!);
      this.record[slot] = strings.text(u32[w + 8]!);
      this.length[slot] = u16[w * 2 + 18]!;
      this.nav[slot] = u8[w * 4 + 38]!;
      this.source[slot] = u8[w * 4 + 39]!;
      this.district[slot] = strings.text(u32[w + 10]!);
      this.touch(slot);
    }
    ++this.revision;
  }

  /** Puts one vessel, for pictures of the past. */
  put(vessel: Vessel): void {
    const slot = this.slotFor(vessel.handle);
    this.time[slot] = vessel.time;
    this.place(slot, Math.round(vessel.lat * kUnitsPerDegree), Math.round(vessel.lon * kUnitsPerDegree));
    this.sog[slot] = vessel.sog === null ? kAbsent : Math.round(vessel.sog * 100);
    this.cog[slot] = vessel.cog === null ? kAbsent : Math.round(vessel.cog * 100) % 36000;
    this.heading[slot] = vessel.heading ?? kAbsent;
    this.kind[slot] = vessel.kind;
    this.flags[slot] = vessel.flags;
    this.length[slot] = vessel.lengthM === null ? 0 : Math.round(vessel.lengthM * 10);
    this.nav[slot] = vessel.navStatus ?? 255;
    this.source[slot] = vessel.source;
    this.name[slot] = vessel.name;
    this.track[slot] = vessel.track;
    this.record[slot] = vessel.record;
    this.district[slot] = vessel.district;
    this.touch(slot);
    ++this.revision;
  }

  at(slot: number): Vessel {
    const absent = (value: number, scale: number) => (value === kAbsent ? null : value / scale);
    return {
      handle: this.handle[slot]!,
      time: this.time[slot]!,
      lat: this.lat[slot]! / kUnitsPerDegree,
      lon: this.lon[slot]! / kUnitsPerDegree,
      sog: absent(this.sog[slot]!, 100),
      cog: absent(this.cog[slot]!, 100),
      heading: absent(this.heading[slot]!, 1),
      kind: this.kind[slot]!,
      flags: this.flags[slot]!,
      source: this.source[slot]!,
      lengthM: this.length[slot]! ? this.length[slot]! / 10 : null,
      navStatus: this.nav[slot]! === 255 ? null : this.nav[slot]!,
      name: this.name[slot]!,
      track: this.track[slot]!,
      record: this.record[slot]!,
      district: this.district[slot]!,
    };
  }

  find(handle: number): Vessel | null {
    const slot = this.slot(handle);
    return slot < 0 ? null : this.at(slot);
  }

  setMuted(slot: number, muted: boolean): void {
    const value = muted ? 1 : 0;
    if (this.muted[slot] === value) return;
    this.muted[slot] = value;
    this.touch(slot);
  }

  setFlags(slot: number, flags: number): void {
    if (this.flags[slot] === flags) return;
    this.flags[slot] = flags;
    this.touch(slot);
  }

  remove(handle: number): void {
    const slot = this.slot(handle);
    if (slot < 0) return;
    const last = --this.count;
    if (slot !== last) this.move(last, slot);
    this.m_slotOf[handle] = -1;
    this.name.length = this.track.length = this.record.length = this.district.length = last;
    this.dirtyTo = Math.min(this.dirtyTo, last);
    if (this.dirtyFrom >= this.dirtyTo) this.drawn();
    ++this.revision;
  }

  clear(): void {
    this.m_slotOf.fill(-1);
    this.count = 0;
    this.name.length = this.track.length = this.record.length = this.district.length = 0;
    this.dirtyFrom = this.dirtyTo = 0;
    ++this.revision;
  }

  /** From here on a new snapshot arrives; endSnapshot() drops what it did not name. */
  beginSnapshot(): void {
    ++this.m_now;
  }
  endSnapshot(): void {
    for (let slot = this.count - 1; slot >= 0; --slot) {
      if (this.m_generation[slot]! < this.m_now) this.remove(this.handle[slot]!);
    }
  }

  /** The map has taken in the dirty slots. */
  drawn(): void {
    this.dirtyFrom = this.dirtyTo = 0;
  }
  touchAll(): void {
    this.dirtyFrom = 0;
    this.dirtyTo = this.count;
  }

  /** The vessel nearest to a point, both in mercator units, within `radius`; -1 when none.
   *  A plain scan: 20,000 slots take some 40 us, less than keeping an index would. */
  nearest(x: number, y: number, radius: number, shown: (slot: number) => boolean): number {
    let best = -1;
    let bestSquare = radius * radius;
    for (let slot = 0; slot < this.count; ++slot) {
      const dx = this.x[slot]! - x;
      const dy = this.y[slot]! - y;
      const square = dx * dx + dy * dy;
      if (square < bestSquare && shown(slot)) {
        best = slot;
        bestSquare = square;
      }
    }
    return best;
  }

  private place(slot: number, lat: number, lon: number): void {
    if (this.lat[slot] !== lat) {
      this.lat[slot] = lat;
      this.y[slot] = mercatorY(lat / kUnitsPerDegree);
    }
    this.lon[slot] = lon;
    this.x[slot] = mercatorX(lon / kUnitsPerDegree);
  }

  private slotFor(handle: number): number {
    if (handle >= this.m_slotOf.length) {
      const grown = new Int32Array(Math.max(handle + 1, this.m_slotOf.length * 2)).fill(-1);
      grown.set(this.m_slotOf);
      this.m_slotOf = grown;
    }
    let slot = this.m_slotOf[handle]!;
    if (slot < 0) {
      if (this.count === this.handle.length) this.grow();
      slot = this.count++;
      this.handle[slot] = handle;
      this.m_slotOf[handle] = slot;
      this.muted[slot] = 0;
      // A value that no latitude has, so that place() computes the first one.
      this.lat[slot] = 0x7fffffff;
    }
    this.m_generation[slot] = this.m_now;
    return slot;
  }

  private touch(slot: number): void {
    if (this.dirtyTo === this.dirtyFrom) {
      this.dirtyFrom = slot;
      this.dirtyTo = slot + 1;
      return;
    }
    if (slot < this.dirtyFrom) this.dirtyFrom = slot;
    if (slot >= this.dirtyTo) this.dirtyTo = slot + 1;
  }

  private move(from: number, to: number): void {
    for (const column of this.columns()) column[to] = column[from]!;
    for (const column of [this.name, this.track, this.record, this.district]) column[to] = column[from]!;
    this.m_slotOf[this.handle[to]!] = to;
    this.touch(to);
  }

  private columns() {
    return [
      this.handle, this.time, this.lat, this.lon, this.x, this.y, this.sog, this.cog, this.heading,
      this.length, this.kind, this.flags, this.nav, this.source, this.muted, this.m_generation,
    ];
  }

  private grow(): void {
    const size = this.handle.length * 2;
    const bigger = <T extends { set(from: T): void }>(make: new (n: number) => T, old: T): T => {
      const column = new make(size);
      column.set(old);
      return column;
    };
    this.handle = bigger(Uint32Array, this.handle);
    this.time = bigger(Float64Array, this.time);
    this.lat = bigger(Int32Array, this.lat);
    this.lon = bigger(Int32Array, this.lon);
    this.x = bigger(Float64Array, this.x);
    this.y = bigger(Float64Array, this.y);
    this.sog = bigger(Uint16Array, this.sog);
    this.cog = bigger(Uint16Array, this.cog);
    this.heading = bigger(Uint16Array, this.heading);
    this.length = bigger(Uint16Array, this.length);
    this.kind = bigger(Uint8Array, this.kind);
    this.flags = bigger(Uint8Array, this.flags);
    this.nav = bigger(Uint8Array, this.nav);
    this.source = bigger(Uint8Array, this.source);
    this.muted = bigger(Uint8Array, this.muted);
    this.m_generation = bigger(Uint32Array, this.m_generation);
  }
}
