// SPDX-License-Identifier: Apache-2.0
// Which record a field stands in, for inputs that talk to the server about it: files, masked values.
import { getContext, setContext } from 'svelte';

export interface Place {
  register: string;
  /** Absent while the record is new. */
  record?: string;
}
const kKey = Symbol('place');

export function setPlace(of: () => Place): void {
  setContext(kKey, of);
}
export function place(): (() => Place | null) {
  return getContext<(() => Place) | undefined>(kKey) ?? (() => null);
}
