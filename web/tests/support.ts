// SPDX-License-Identifier: Apache-2.0
// Writes stream frames for the tests, from docs/format/stream.md and not from the reader's code.
export interface VesselRow {
  handle: number;
  dt?: number;
  lat: number;
  lon: number;
  sog?: number;
  cog?: number;
  heading?: number;
  kind?: number;
  flags?: number;
  name?: number;
  track?: number;
  record?: number;
  length?: number;
  district?: number;
}

export function frame(
  kind: number,
  count: number,
  sequence: number,
  body: (view: DataView, at: number) => void,
  bytes: number,
  cursor = 0,
  baseTime = 0,
): ArrayBuffer {
  const buffer = new ArrayBuffer(28 + bytes);
  const view = new DataView(buffer);
  view.setUint8(0, kind);
  view.setUint8(1, 1);
  view.setUint16(2, count, true);
  view.setBigUint64(4, BigInt(sequence), true);
  view.setBigUint64(12, BigInt(cursor), true);
  view.setBigInt64(20, BigInt(baseTime), true);
  body(view, 28);
  return buffer;
}

export function vesselsFrame(rows: VesselRow[], sequence = 1, cursor = 0, baseTime = 0): ArrayBuffer {
  return frame(
    1,
    rows.length,
    sequence,
    (view, start) => {
      rows.forEach((row, i) => {
        const at = start + i * 48;
        view.setUint32(at, row.handle, true);
        view.setInt32(at + 4, row.dt ?? 0, true);
        view.setInt32(at + 8, row.lat, true);
        view.setInt32(at + 12, row.lon, true);
        view.setUint16(at + 16, row.sog ?? 65535, true);
        view.setUint16(at + 18, row.cog ?? 65535, true);
        view.setUint16(at + 20, row.heading ?? 65535, true);
        view.setUint8(at + 22, row.kind ?? 0);
        view.setUint8(at + 23, row.flags ?? 0);
        view.setUint32(at + 24, row.name ?? 0, true);
        view.setUint32(at + 28, row.track ?? 0, true);
        view.setUint32(at + 32, row.record ?? 0, true);
        view.setUint16(at + 36, row.length ?? 0, true);
        view.setUint8(at + 38, 255);
        view.setUint8(at + 39, 1);
        view.setUint32(at + 40, row.district ?? 0, true);
      });
    },
    rows.length * 48,
    cursor,
    baseTime,
  );
}

export function stringsFrame(texts: [number, string][], sequence = 1): ArrayBuffer {
  const encoded = texts.map(([number, text]) => [number, new TextEncoder().encode(text)] as const);
  const bytes = encoded.reduce((sum, [, text]) => sum + 6 + text.length, 0);
  return frame(
    4,
    texts.length,
    sequence,
    (view, start) => {
      let at = start;
      for (const [number, text] of encoded) {
        view.setUint32(at, number, true);
        view.setUint16(at + 4, text.length, true);
        new Uint8Array(view.buffer).set(text, at + 6);
        at += 6 + text.length;
      }
    },
    bytes,
  );
}
