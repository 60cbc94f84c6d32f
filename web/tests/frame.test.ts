// SPDX-License-Identifier: Apache-2.0
// The second reader of docs/format/stream.md: its worked example and every kind of frame.
import { expect, test } from 'vitest';
import { FrameError, readClock, readCounters, readHead, readRecords, readRemovals, readSteps, Strings } from '../src/stream/frame';
import { frame, stringsFrame } from './support';

function hex(text: string): ArrayBuffer {
  const bytes = text.replace(/\s+/g, '').match(/../g)!.map((b) => parseInt(b, 16));
  return new Uint8Array(bytes).buffer;
}

function strings(...texts: string[]): Strings {
  const table = new Strings();
  const buffer = stringsFrame(texts.map((text, i) => [i + 1, text]));
  table.read(buffer, readHead(buffer));
  return table;
}

test('the head of the documented example is read', () => {
  const head = readHead(
    hex('01 01 0100 0700000000000000 d204000000000000 002a4f328f010000' + '00'.repeat(48)),
  );
  expect(head).toEqual({ kind: 1, count: 1, sequence: 7, cursor: 1234, baseTime: 1_714_536_000_000 });
});

test('a frame that is short, of another version, or claims more than it holds is refused', () => {
  expect(() => readHead(hex('0101'))).toThrow(FrameError);
  expect(() => readHead(hex('02 02 0000' + '00'.repeat(24)))).toThrow(/version 2/);
  expect(() => readHead(hex('01 01 0200' + '00'.repeat(24 + 48)))).toThrow(/2 records/);
});

test('strings are UTF-8, number 0 is none, and a truncated one is refused', () => {
  const table = strings('鲁荣渔5501', 'mmsi:412345678');
  expect(table.text(1)).toBe('鲁荣渔5501');
  expect(table.text(2)).toBe('mmsi:412345678');
  expect(table.text(0)).toBe('');
  expect(table.text(99)).toBe('');
  const cut = stringsFrame([[3, 'abcdef']]).slice(0, 36);
  expect(() => new Strings().read(cut, readHead(cut))).toThrow(/early/);
});

test('removals name handle and reason', () => {
  const buffer = frame(2, 1, 1, (view, at) => {
    view.setUint32(at, 70_000, true);
    view.setUint8(at + 4, 4);
  }, 8);
  expect(readRemovals(buffer, readHead(buffer))).toEqual([{ handle: 70_000, reason: 4 }]);
});

test('a finding step carries its id as 16 hex digits and its words', () => {
  const table = strings('moratorium.leave', '疑似休渔期离港', 'Suspected departure', 'v1', '演练0001');
  const buffer = frame(3, 1, 1, (view, at) => {
    view.setBigUint64(at, 0x00ab_0000_0000_0001n, true);
    view.setBigUint64(at + 8, 55n, true);
    view.setBigInt64(at + 16, 1000n, true);
    view.setBigInt64(at + 24, 900n, true);
    view.setBigInt64(at + 32, 0n, true);
    view.setUint32(at + 40, 2, true);
    view.setUint8(at + 44, 2);
    view.setUint8(at + 45, 3);
    view.setUint16(at + 46, 7, true);
    [1, 2, 3, 4, 5].forEach((n, i) => view.setUint32(at + 48 + i * 4, n, true));
    view.setUint32(at + 68, 0xffffffff, true);
  }, 72);
  expect(readSteps(buffer, readHead(buffer), table)).toEqual([
    {
      finding: '00ab000000000001', number: 2, kind: 'extended', severity: 'high', at: 1000, begin: 900, end: 0,
      ruleId: 'moratorium.leave', ruleVersion: 7, title: { zh: '疑似休渔期离港', en: 'Suspected departure' },
      subject: 'v1', label: '演练0001', handle: null,
    },
  ]);
});

test('counters, clock and record news are read', () => {
  const table = strings('vessels', 'reviews', 'r1', 'duty', 'f1');
  const counters = frame(5, 1, 1, (view, at) => {
    view.setUint32(at, 1, true);
    view.setBigInt64(at + 8, 600n, true);
  }, 16);
  expect(readCounters(counters, readHead(counters), table).get('vessels')).toBe(600);
  const clock = frame(6, 1, 1, (view, at) => {
    view.setBigInt64(at, 1_714_536_000_000n, true);
    view.setUint8(at + 8, 2);
    view.setUint8(at + 9, 1);
    view.setUint16(at + 10, 200, true);
    view.setBigInt64(at + 16, 1_714_535_999_000n, true);
  }, 24);
  expect(readClock(clock)).toEqual({
    now: 1_714_536_000_000, feed: true, drill: true, speed: 20, lastArrival: 1_714_535_999_000,
  });
  const records = frame(8, 1, 1, (view, at) => {
    view.setUint32(at, 2, true);
    view.setUint32(at + 4, 3, true);
    view.setBigInt64(at + 8, 9n, true);
    view.setUint32(at + 16, 4, true);
    view.setUint32(at + 20, 5, true);
  }, 24);
  expect(readRecords(records, readHead(records), table)).toEqual([
    { resource: 'reviews', id: 'r1', revision: 9, actor: 'duty', parent: 'f1' },
  ]);
});
