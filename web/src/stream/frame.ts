// SPDX-License-Identifier: Apache-2.0
// Reads the binary frames of /api/v1/stream (docs/format/stream.md). Little-endian; vessels are not
// turned into objects but go straight into the columns of a Fleet (fleet.ts).

export const kHeadBytes = 28;
export const FrameKind = {
  vessels: 1,
  removals: 2,
  steps: 3,
  strings: 4,
  counters: 5,
  clock: 6,
  resync: 7,
  records: 8,
  ready: 9,
} as const;

const recordBytes: Record<number, number> = {
  [FrameKind.vessels]: 48,
  [FrameKind.removals]: 8,
  [FrameKind.steps]: 72,
  [FrameKind.counters]: 16,
  [FrameKind.clock]: 24,
  [FrameKind.records]: 24,
  [FrameKind.resync]: 0,
  [FrameKind.ready]: 0,
};

export interface Head {
  kind: number;
  count: number;
  sequence: number;
  /** Journal offset up to which this frame tells everything. */
  cursor: number;
  /** Milliseconds since 1970 UTC. */
  baseTime: number;
}

export class FrameError extends Error {}

export function readHead(buffer: ArrayBuffer): Head {
  if (buffer.byteLength < kHeadBytes) throw new FrameError(`a frame of ${buffer.byteLength} bytes`);
  const view = new DataView(buffer);
  const kind = view.getUint8(0);
  const version = view.getUint8(1);
  if (version !== 1) throw new FrameError(`version ${version} of kind ${kind}`);
  const count = view.getUint16(2, true);
  const size = recordBytes[kind];
  if (size !== undefined && buffer.byteLength < kHeadBytes + count * size) {
    throw new FrameError(`kind ${kind}: ${count} records in ${buffer.byteLength} bytes`);
  }
  return {
    kind,
    count,
    sequence: Number(view.getBigUint64(4, true)),
    cursor: Number(view.getBigUint64(12, true)),
    baseTime: Number(view.getBigInt64(20, true)),
  };
}

/** Strings by number, one table per connection. */
export class Strings {
  private readonly m_texts: string[] = [''];
  private readonly m_decoder = new TextDecoder();

  text(number: number): string {
    return this.m_texts[number] ?? '';
  }

  read(buffer: ArrayBuffer, head: Head): void {
    const view = new DataView(buffer);
    let at = kHeadBytes;
    for (let i = 0; i < head.count; ++i) {
      if (at + 6 > buffer.byteLength) throw new FrameError('a strings frame ends early');
      const number = view.getUint32(at, true);
      const length = view.getUint16(at + 4, true);
      at += 6;
      if (at + length > buffer.byteLength) throw new FrameError('a string ends early');
      this.m_texts[number] = this.m_decoder.decode(new Uint8Array(buffer, at, length));
      at += length;
    }
  }
}

export interface Removal {
  handle: number;
  reason: number;
}

export function readRemovals(buffer: ArrayBuffer, head: Head): Removal[] {
  const view = new DataView(buffer);
  const out: Removal[] = [];
  for (let i = 0, at = kHeadBytes; i < head.count; ++i, at += 8) {
    out.push({ handle: view.getUint32(at, true), reason: view.getUint8(at + 4) });
  }
  return out;
}

export const stepKinds = ['', 'opened', 'extended', 'corrected', 'retracted', 'closed'] as const;
export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const kNoHandle = 0xffffffff;

export interface Step {
  /** 16 hex digits, as in the API. */
  finding: string;
  number: number;
  kind: Exclude<(typeof stepKinds)[number], ''>;
  severity: (typeof severities)[number];
  at: number;
  begin: number;
  /** 0 = the episode goes on. */
  end: number;
  ruleId: string;
  ruleVersion: number;
  title: { zh: string; en: string };
  subject: string;
  label: string;
  handle: number | null;
}

export function readSteps(buffer: ArrayBuffer, head: Head, strings: Strings): Step[] {
  const view = new DataView(buffer);
  const out: Step[] = [];
  for (let i = 0, at = kHeadBytes; i < head.count; ++i, at += 72) {
    const handle = view.getUint32(at + 68, true);
    out.push({
      finding: view.getBigUint64(at, true).toString(16).padStart(16, '0'),
      at: Number(view.getBigInt64(at + 16, true)),
      begin: Number(view.getBigInt64(at + 24, true)),
      end: Number(view.getBigInt64(at + 32, true)),
      number: view.getUint32(at + 40, true),
      kind: (stepKinds[view.getUint8(at + 44)] || 'extended') as Step['kind'],
      severity: severities[view.getUint8(at + 45)] ?? 'info',
      ruleVersion: view.getUint16(at + 46, true),
      ruleId: strings.text(view.getUint32(at + 48, true)),
      title: {
        zh: strings.text(view.getUint32(at + 52, true)),
        en: strings.text(view.getUint32(at + 56, true)),
      },
      subject: strings.text(view.getUint32(at + 60, true)),
      label: strings.text(view.getUint32(at + 64, true)),
      handle: handle === kNoHandle ? null : handle,
    });
  }
  return out;
}

export function readCounters(buffer: ArrayBuffer, head: Head, strings: Strings): Map<string, number> {
  const view = new DataView(buffer);
  const out = new Map<string, number>();
  for (let i = 0, at = kHeadBytes; i < head.count; ++i, at += 16) {
    out.set(strings.text(view.getUint32(at, true)), Number(view.getBigInt64(at + 8, true)));
  }
  return out;
}

export interface ClockTick {
  now: number;
  feed: boolean;
  drill: boolean;
  speed: number;
  lastArrival: number;
}

export function readClock(buffer: ArrayBuffer): ClockTick {
  const view = new DataView(buffer);
  const at = kHeadBytes;
  return {
    now: Number(view.getBigInt64(at, true)),
    feed: view.getUint8(at + 8) === 2,
    drill: view.getUint8(at + 9) === 1,
    speed: view.getUint16(at + 10, true) / 10,
    lastArrival: Number(view.getBigInt64(at + 16, true)),
  };
}

export interface RecordNews {
  resource: string;
  id: string;
  revision: number;
  actor: string;
  parent: string;
}

export function readRecords(buffer: ArrayBuffer, head: Head, strings: Strings): RecordNews[] {
  const view = new DataView(buffer);
  const out: RecordNews[] = [];
  for (let i = 0, at = kHeadBytes; i < head.count; ++i, at += 24) {
    out.push({
      resource: strings.text(view.getUint32(at, true)),
      id: strings.text(view.getUint32(at + 4, true)),
      revision: Number(view.getBigInt64(at + 8, true)),
      actor: strings.text(view.getUint32(at + 16, true)),
      parent: strings.text(view.getUint32(at + 20, true)),
    });
  }
  return out;
}
