// SPDX-License-Identifier: Apache-2.0
// What stations said and what was written to boats, as lines of one list; values of binary messages
// of AIS with their names.
import type { BoatMessage, Message } from '$/api/types';
import { t, tOr, words } from '$/i18n/index.svelte';

/** Octets that a civil card of level 3 sends (src/output/boat_messages.hpp). */
export const kMostOctets = 78;

/** In GBK: one octet for ASCII, two for everything else that it has. */
export function octetsOf(text: string): number {
  let out = 0;
  for (const character of text) out += character.codePointAt(0)! < 128 ? 1 : 2;
  return out;
}

export type Line = { time: number; key: string; said?: Message; written?: BoatMessage };

/** Both lists as one, newest first. */
export function linesOf(said: Message[], written: BoatMessage[]): Line[] {
  const out: Line[] = [
    ...said.map((one) => ({ time: Date.parse(one.time), key: `s${one.id}`, said: one })),
    ...written.map((one) => ({ time: Date.parse(one.at), key: `w${one.id}`, written: one })),
  ];
  return out.sort((a, b) => b.time - a.time);
}

/** "气象水文数据", or "AIS 1/31" where no table speaks of it. */
export function applicationTitle(message: Message): string {
  const known = message.application?.title;
  return (known && words(known)) || t('message.unknown_data', { dac: message.dac ?? 0, fi: message.fi ?? 0 });
}

export interface Value {
  key: string;
  /** The name in the table. */
  id: string;
  name: string;
  text: string;
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? t('word.yes') : t('word.no');
  return String(value);
}

/** Where and when: known from the message already, so what was measured stands before it. */
const whereAndWhen = /(^|_)(longitude|latitude|position_accuracy|month_utc|day_utc|hour_utc|minute_utc|message_linkage_id|message_number)$/;

/** Values of a binary message for people: what it says first, where and when last. */
export function shownValues(data: unknown): Value[] {
  const all = valuesOf(data);
  const last = (value: Value) => whereAndWhen.test(value.id);
  return [...all.filter((one) => !last(one)), ...all.filter(last)];
}

/** Values of a binary message one below the other: those of groups with their number. */
export function valuesOf(data: unknown, before = ''): Value[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]): Value[] => {
    const name = tOr(`ais_data.${key}`, key.replaceAll('_', ' '));
    if (Array.isArray(value)) return value.flatMap((one, i) => valuesOf(one, `${before}${name} ${i + 1} · `));
    if (typeof value === 'object' && value !== null) return valuesOf(value, `${before}${name} · `);
    return value === null || value === '' ? [] : [{ key: before + key, id: key, name: before + name, text: valueText(value) }];
  });
}
