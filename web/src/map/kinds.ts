// SPDX-License-Identifier: Apache-2.0
// How each kind of vessel looks on the map and in the legend: an outline and a colour, so that the
// kind can be told without colour. Outlines lie in a box of 24 with north up; `detail` is drawn
// light upon the body. Red is kept for what needs action now and is no kind's colour but distress.
import type { VesselKind } from '$/api/types';

export interface KindLook {
  key: VesselKind;
  body: string;
  detail?: string;
  day: string;
  night: string;
  /** Side of the symbol relative to a fishing vessel's. */
  scale: number;
  /** Fixed things are not turned with the course. */
  fixed?: boolean;
}

const dart = 'M12 1.5 19.5 21.5 12 17.5 4.5 21.5Z';
const hull = 'M12 1 17.5 8.5V22.5H6.5V8.5Z';

/** In the order of model/vessel.hpp: the index is the number in the stream. */
export const kinds: readonly KindLook[] = [
  { key: 'unknown', body: dart, detail: 'M12 6.5 16 17.2 12 15.2 8 17.2Z', day: '#5c6b78', night: '#93a5b5', scale: 0.9 },
  { key: 'fishing', body: dart, day: '#0a5bab', night: '#59b0ff', scale: 1 },
  { key: 'auxiliary', body: 'M12 1.5 19.5 21.5H4.5Z', detail: 'M8.4 14.5H15.6V17H8.4Z', day: '#6a3fb0', night: '#b693ff', scale: 1 },
  { key: 'aquaculture', body: 'M12 2C16 8 18.5 11.5 18.5 15.5A6.5 6.5 0 0 1 5.5 15.5C5.5 11.5 8 8 12 2Z', day: '#00796b', night: '#3fd0b6', scale: 0.9 },
  { key: 'leisure', body: 'M12 2.5 16.2 20.5 12 18 7.8 20.5Z', day: '#9a5b00', night: '#f0b35a', scale: 0.95 },
  { key: 'cargo', body: hull, day: '#3f5263', night: '#a9bccd', scale: 1.05 },
  { key: 'tanker', body: hull, detail: 'M12 11.2A3 3 0 1 0 12 17.2A3 3 0 1 0 12 11.2Z', day: '#6b4a2f', night: '#d0a27a', scale: 1.05 },
  { key: 'passenger', body: 'M12 1C15.5 3.5 17.5 7 17.5 10.5V22.5H6.5V10.5C6.5 7 8.5 3.5 12 1Z', detail: 'M8.6 11.5H15.4V13.5H8.6ZM8.6 16H15.4V18H8.6Z', day: '#1d7a38', night: '#62d483', scale: 1.1 },
  { key: 'tug', body: 'M12 4 18 9.5V20H6V9.5Z', day: '#6f6200', night: '#d8c94a', scale: 0.9 },
  { key: 'official', body: dart, detail: 'M12 5.5 15.4 14.6 12 12.8 8.6 14.6Z', day: '#0b1f3f', night: '#ffffff', scale: 1.1 },
  { key: 'gear', body: 'M4.6 7 7 4.6 12 9.6 17 4.6 19.4 7 14.4 12 19.4 17 17 19.4 12 14.4 7 19.4 4.6 17 9.6 12Z', day: '#7c6a45', night: '#c2ad80', scale: 0.62, fixed: true },
  { key: 'aton', body: 'M12 3 21 12 12 21 3 12Z', detail: 'M12 9.4A2.6 2.6 0 1 0 12 14.6A2.6 2.6 0 1 0 12 9.4Z', day: '#a01f88', night: '#f08bdd', scale: 0.8, fixed: true },
  { key: 'base_station', body: 'M4 4H20V20H4Z', detail: 'M12 8A4 4 0 1 0 12 16A4 4 0 1 0 12 8Z', day: '#566472', night: '#9fb0c0', scale: 0.7, fixed: true },
  { key: 'aircraft', body: 'M12 1.5 14 9 22 14V16.5L14 14V19L17 21V22.5L12 21.2 7 22.5V21L10 19V14L2 16.5V14L10 9Z', day: '#00629b', night: '#6ecbff', scale: 1.15 },
  { key: 'distress', body: 'M12 2A10 10 0 1 0 12 22A10 10 0 1 0 12 2Z', detail: 'M10.4 6H13.6V10.4H18V13.6H13.6V18H10.4V13.6H6V10.4H10.4Z', day: '#c8102e', night: '#ff4d5e', scale: 1.3, fixed: true },
];

/** Drawn for every kind at berth: small, round, not turned. */
export const berthBody = 'M12 4.5A7.5 7.5 0 1 0 12 19.5A7.5 7.5 0 1 0 12 4.5Z';
/** A vessel at sea without course and heading. */
export const driftBody = 'M12 3.5A8.5 8.5 0 1 0 12 20.5A8.5 8.5 0 1 0 12 3.5ZM12 8.5A3.5 3.5 0 1 1 12 15.5A3.5 3.5 0 1 1 12 8.5Z';

const kDistress = kinds.findIndex((kind) => kind.key === 'distress');
const kFirstThing = kinds.findIndex((kind) => kind.key === 'gear');

/** Beacons, aids to navigation, base stations and aircraft are in no register of vessels. */
export function isVessel(number: number): boolean {
  return number < kFirstThing;
}
/** Whether the register is asked for it: a distress beacon may be that of a vessel nobody registered. */
export function maybeRegistered(number: number): boolean {
  return isVessel(number) || number === kDistress;
}

export function kindOf(number: number): KindLook {
  return kinds[number] ?? kinds[0]!;
}
export function kindNumber(key: string): number {
  return Math.max(0, kinds.findIndex((kind) => kind.key === key));
}
